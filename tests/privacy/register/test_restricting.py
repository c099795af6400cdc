"""Restriction of processing (Art. 18 of the GDPR): from the request to the state, and what it holds back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts.deletion.actions import delete_contact
from kith.contacts.models import Contact
from kith.contacts.standing import standing_of
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Ungroup
from kith.kernel.errors import NotAllowed, Refused
from kith.privacy.erasing import steps
from kith.privacy.erasing.blockers import blockers_of_contact
from kith.privacy.models import Erasure
from kith.privacy.register import actions
from kith.privacy.register.models import Kind, PersonRequest
from kith.privacy.register.rules import Step
from kith.privacy.scheduled.eligible import eligible
from kith.sources.models import Membership
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.register.people import identified, received
from tests.privacy.scheduled.test_scheduled import YEARS, inactive

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def reasons(contact_id: int) -> list[str]:
    return [one.reason for one in standing_of([contact_id])[contact_id]]


def restrict(contact_id: int) -> int:
    return contacts.suppress(
        actor=COMMAND_LINE, contact_id=contact_id, reason="restricted", note="Contested"
    ).pk


def closed(made: PersonRequest, how: Step = Step.ANSWER) -> PersonRequest:
    made.refresh_from_db()
    return actions.close_request(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, how=how, outcome="As asked"
    )


def url(name: str, made: PersonRequest) -> str:
    return reverse(f"register:{name}", args=(made.pk,))


def test_what_the_person_asks_for_is_done_from_the_request_and_answered_only_then(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser, contact = client_of(privacy_officer), factories.person()
    made = identified(Kind.RESTRICTION, contact_id=contact.pk)
    assert "Restrict its processing" in browser.get(url("request", made)).text
    answered = {"version": made.version, "ending": "answer", "outcome": "It is restricted"}
    answer = browser.post(url("close", made), answered)
    assert answer.status_code == 422
    assert "is not restricted" in answer.text
    assert browser.post(url("restrict", made), {"version": made.version, "note": ""}).status_code == 422
    given = {"version": made.version, "note": "The address is contested"}
    assert browser.post(url("restrict", made), given).status_code == 302
    assert reasons(contact.pk) == ["restricted"]
    (carried,) = standing_of([contact.pk])[contact.pk]
    assert (carried.note, carried.source) == ("The address is contested", f"Request {made.pk} of the person")
    made.refresh_from_db()
    assert made.state == "in_work"
    page = browser.get(url("request", made)).text
    assert "Tell the person before you lift it" in page
    assert browser.post(url("restrict", made), {**given, "version": made.version}).status_code == 422
    assert browser.post(url("close", made), {**answered, "version": made.version}).status_code == 302
    assert list(
        Entry.objects.filter(subject_type=PersonRequest.SUBJECT)
        .order_by("-pk")
        .values_list("event", flat=True)
    )[:2] == ["PersonRequestAnswered", "PersonRequestRestricted"]


def test_it_may_be_refused_and_a_grouped_contact_leads_to_the_one_that_is_restricted() -> None:
    gone, survivor = factories.person("Dora"), factories.person("Paul")
    made = identified(Kind.RESTRICTION, contact_id=gone.pk)
    carry_out(actor=COMMAND_LINE, intent=Group(master=survivor.pk, children=(gone.pk,)))
    made.refresh_from_db()
    actions.restrict_processing(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, note="Contested"
    )
    assert reasons(survivor.pk) == ["restricted"]
    assert closed(made).state == "answered"
    other = identified(Kind.RESTRICTION, contact_id=factories.person().pk)
    assert closed(other, Step.REFUSE).state == "refused"


def test_only_who_may_suppress_restricts_and_old_pages_change_nothing(
    viewer: User, agent: User, client_of: ClientOf, client: Client
) -> None:
    made = identified(Kind.RESTRICTION, contact_id=factories.person().pk)
    given = {"version": made.version, "note": "Contested"}
    assert client.post(url("restrict", made), given)["Location"].startswith("/sign-in/")
    for user in (viewer, agent):
        assert client_of(user).post(url("restrict", made), given).status_code == 403
    officer = Actor("Officer", frozenset({Permission.PRIVACY_VIEW, Permission.PRIVACY_EDIT}))
    with pytest.raises(NotAllowed):
        actions.restrict_processing(actor=officer, request_id=made.pk, version=made.version, note="Contested")
    assert reasons(made.contact_id or 0) == []


def test_a_request_that_is_not_there_is_not_found(privacy_officer: User, client_of: ClientOf) -> None:
    browser = client_of(privacy_officer)
    address = reverse("register:restrict", args=(99,))
    assert browser.get(address).status_code == 405
    assert browser.post(address, {"version": 1, "note": "Contested"}).status_code == 404


def test_c41_who_is_restricted_is_neither_anonymised_nor_deleted_until_it_is_lifted() -> None:
    allow(**YEARS)
    contact = inactive()
    assert eligible() == [contact.pk]
    suppression = restrict(contact.pk)
    (blocker,) = blockers_of_contact(contact.pk)
    assert blocker.code == "restricted"
    assert blocker.sentence.startswith("its processing has been restricted since")
    for route in (Erasure.Route.CONSENT, Erasure.Route.BATCH, Erasure.Route.REQUEST):
        assert [one.code for one in blockers_of_contact(contact.pk, route=route)] == ["restricted"], route
    assert eligible() == []
    with pytest.raises(Refused, match="its processing has been restricted"):
        order(contact)
    with pytest.raises(Refused, match="ts processing has been restricted"):
        delete_contact(actor=COMMAND_LINE, contact_id=contact.pk)
    contacts.lift_suppression(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        suppression_id=suppression,
        note="Settled",
        person_told=True,
    )
    assert eligible() == [contact.pk]


def test_c41_the_person_who_asks_to_be_forgotten_is_and_nobody_else_of_the_same_request() -> None:
    allow()
    contact, other = factories.person("Dora"), factories.person("Paul")
    restrict(contact.pk)
    restrict(other.pk)
    made = identified(Kind.ERASURE, contact_id=contact.pk)
    assert blockers_of_contact(contact.pk, route=Erasure.Route.REQUEST) == ()
    assert [one.code for one in blockers_of_contact(other.pk)] == ["restricted"]
    with pytest.raises(Refused, match="ts processing has been restricted"):
        delete_contact(actor=COMMAND_LINE, contact_id=contact.pk)
    erasure = actions.order_erasing(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, typed_group_id=contact.pk
    )
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE, (erasure.blocked, erasure.trouble)
    assert Contact.objects.get(pk=contact.pk).state == "anonymised"


def test_c41_a_request_that_was_withdrawn_or_not_identified_frees_nobody() -> None:
    allow()
    contact = factories.person()
    restrict(contact.pk)
    made = received(Kind.ERASURE, contact_id=contact.pk)
    assert blockers_of_contact(contact.pk)
    actions.check_identity(actor=COMMAND_LINE, request_id=made.pk, version=made.version, how="Passport")
    assert not blockers_of_contact(contact.pk)
    closed(made, Step.WITHDRAW)
    assert blockers_of_contact(contact.pk)


def test_c41_an_order_that_waits_is_blocked_by_a_restriction_that_comes_later() -> None:
    allow()
    contact = factories.person()
    erasure = order(contact)
    restrict(contact.pk)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (Erasure.State.BLOCKED, ["restricted"])


def test_x8_a_restriction_goes_with_every_part_and_blocks_each() -> None:
    allow()
    first = factories.contact(
        factories.record({"first_name": "Dora"}), factories.record({"first_name": "D."})
    )
    second = factories.person("Paul")
    restrict(first.pk)
    carry_out(actor=COMMAND_LINE, intent=Group(master=second.pk, children=(first.pk,)))
    assert [one.code for one in blockers_of_contact(second.pk)] == ["restricted"]
    carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=second.pk), lift=True)
    parts = set(Membership.objects.values_list("contact_id", flat=True))
    assert len(parts) == 3
    assert all([one.code for one in blockers_of_contact(pk)] == ["restricted"] for pk in parts)
