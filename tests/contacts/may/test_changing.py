"""X5: whose processing is restricted is changed by nobody but who may restrict it (Art. 18 of the GDPR).

Of which actions this is asked is read from the list of all actions about somebody (C42): a new one is refused
here, or stands with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.accounts import actions as accounts
from kith.accounts.rules import AccountDetails
from kith.attachments import actions as attachments
from kith.attachments.actions import Filing
from kith.contacts import actions as contacts
from kith.contacts.models import Contact, Suppression
from kith.golden import actions as golden
from kith.golden.models import GoldenOverride
from kith.grouping import actions as grouping
from kith.grouping.intents import Group
from kith.kernel.clock import now
from kith.kernel.errors import DomainError, Refused
from kith.notes import actions as notes
from kith.organisation import actions as organisation
from kith.organisation.levels import Level
from kith.relations import actions as relations
from kith.sources.models import SourceRecord
from tests.attachments import files
from tests.contacts import factories
from tests.privacy.erasing import test_c42_every_public_action as every
from tests.privacy.erasing.test_c42_every_public_action import CALLS, DETAILS, ITEM, POSTING, Her
from tests.privacy.erasing.test_erasures import allow

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
ANYBODY: Final = Actor(
    "Anybody", frozenset(Permission) - {Permission.CONTACT_SUPPRESS}, roles=COMMAND_LINE.roles
)
SAID: Final = "its processing has been restricted since"
NOT_ASKED: Final[Mapping[str, str]] = {
    "accounts:make_suspense_account": "your own organisation's, made once",
    "contacts:edit_local": "below: she has no System Ref that was typed in Kith",
    "contacts:suppress": "needs the permission by which restricted contacts are changed",
    "contacts:lift_suppression": "the same",
    "contacts/suppressions/asked:ask_lift": "the same",
    "contacts/owning:change_owner": "says nothing of the person: who looks after the record",
    "contacts/rights:reveal": "looks; nothing is changed, and who looked is written down",
    "contacts/rights:set_level": "says who sees the person, nothing of the person",
    "contacts/rights:leave_level_to_rules": "the same",
    "grouping:carry_out": "who is who: the restriction goes along with every System Ref (promise 6)",
    "stewardship:ask": "the same",
    "stewardship:ask_for_help": "a message to colleagues",
    "organisation:add_part": "names your own tree",
    "organisation:edit_part": "the same",
    "organisation:place_user": "the same",
    "printouts:print_contact": "looks",
    "privacy/holds:place_hold": "keeps what is stored",
    "privacy/information:make_link": "tells the person (Art. 15)",
    "privacy/register:receive_request": "what the person asks for",
}


@pytest.fixture
def her(administrator: User, monkeypatch: pytest.MonkeyPatch) -> Her:
    """Of each kind of thing one hangs on her; whoever acts may everything but restrict."""
    allow()
    first, second = (
        factories.record({"first_name": "Dora", "last_name": "Marlowe", "email_1": "dora@example.org"})
        for _ in range(2)
    )
    contact, other = factories.contact(first, second), factories.person("Paul", "Other")
    me: dict[str, Any] = {"actor": COMMAND_LINE, "contact_id": contact.pk}
    account = accounts.add_account(**me, details=AccountDetails(number="A-1"))
    posted = accounts.post(actor=COMMAND_LINE, account_id=account.pk, posting=POSTING)
    hers = Her(
        contact=contact.pk,
        record=first.pk,
        second=second.pk,
        other=other.pk,
        account=account.pk,
        transaction=posted.pk,
        item=accounts.add_item(**me, details=replace(ITEM)).pk,
        note=notes.add_note(**me, text="Call after the matinee").pk,
        relation=relations.add_relation(**me, other_id=other.pk, code="FRIEND").pk,
        attachment=attachments.attach_file(**me, given=files.given("a.txt", b"A"), filing=Filing()).pk,
        override=golden.override(**me, field="gender", value={"gender": "female"}, mode="pinned").pk,
        suppression=contacts.suppress(**me, reason="restricted", note="Contested").pk,
        entry=attachments.add_library_url(
            actor=COMMAND_LINE, url="https://example.org/terms", filing=Filing(name="Terms")
        ).pk,
        part=organisation.add_part(actor=COMMAND_LINE, level=Level.COMMUNITY, name="Theirs").pk,
        user=administrator.pk,
    )
    monkeypatch.setattr(every, "ME", ANYBODY)
    return hers


def test_x5_whatever_changes_a_restricted_contact_is_refused_and_says_since_when(her: Her) -> None:
    assert set(NOT_ASKED) < set(CALLS)
    said = {
        f"{name} ({number})": _refused(call, her)
        for name, calls in CALLS.items()
        if name not in NOT_ASKED
        for number, call in enumerate(calls)
    }
    assert not {name: one for name, one in said.items() if SAID not in one.lower()}


def _refused(call: every.Call, her: Her) -> str:
    try:
        call(her)
    except DomainError as error:
        return error.message
    return "not refused"


def test_x5_what_says_nothing_of_the_person_is_not_refused_for_it(her: Her) -> None:
    for name in NOT_ASKED:
        for call in CALLS[name]:
            assert SAID not in _refused(call, her).lower(), name


def test_x5_what_was_typed_in_kith_stays_and_an_officer_puts_it_right(privacy_officer: User) -> None:
    contact_id = contacts.add_contact(
        actor=COMMAND_LINE, kind="person", claim={"first_name": "Dora", "last_name": "Marlow"}
    )
    record = SourceRecord.objects.get()
    contacts.suppress(
        actor=privacy_officer.actor, contact_id=contact_id, reason="restricted", note="Contested"
    )
    given: dict[str, Any] = {
        "contact_id": contact_id,
        "record_id": record.pk,
        "claim": {"first_name": "Dora", "last_name": "Marlowe"},
        "version": record.content_hash.hex,
    }
    with pytest.raises(Refused, match=SAID[4:]):
        contacts.edit_local(actor=ANYBODY, **given)
    assert Contact.objects.get(pk=contact_id).last_name == "Marlow"
    contacts.edit_local(actor=privacy_officer.actor, **given)
    assert Contact.objects.get(pk=contact_id).last_name == "Marlowe"


def test_x5_every_form_says_it_in_words_and_changes_nothing(
    her: Her, agent: User, steward: User, client_of: ClientOf
) -> None:
    browser, stewarding = client_of(agent), client_of(steward)
    of = {"contact_id": her.contact}
    forms: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        ("notes:add", of, {"text": "She called"}),
        ("notes:edit", {"note_id": her.note}, {"text": "She called", "seen": "0"}),
        ("notes:remove", {"note_id": her.note}, {"seen": "0"}),
        ("relations:add", {**of, "other_id": her.other}, {"type": "CLIENT"}),
        ("golden-values:edit", {**of, "field": "emails"}, {"email_1": "d@example.org", "mode": "pinned"}),
        ("golden-values:withdraw", {"override_id": her.override}, {}),
        ("attachments:remove-photo", of, {}),
        ("attachments:edit", {"attachment_id": her.attachment}, {"name": "Other"}),
        ("accounts:add", of, {"number": "A-9", "currency": "EUR"}),
        ("accounts:edit", {"account_id": her.account}, {"number": "A-9", "currency": "EUR"}),
    ]
    before = every.everything()
    answers = [
        (name, browser.post(reverse(name, kwargs=where), given, follow=True)) for name, where, given in forms
    ]
    assert not [(name, one.status_code) for name, one in answers if SAID not in one.text.lower()]
    moved = stewarding.post(
        reverse("golden:make-primary"), {"contact": her.contact, "record": her.second}, follow=True
    )
    assert SAID in moved.text.lower()
    after = every.everything()
    assert {one for one in after if after[one] != before[one]} <= {"audit_entry", "django_session"}


def test_x5_once_it_is_lifted_everybody_changes_it_again(her: Her) -> None:
    contacts.lift_suppression(
        actor=COMMAND_LINE,
        contact_id=her.contact,
        suppression_id=her.suppression,
        note="It was right",
        person_told=True,
    )
    accounts.add_account(actor=ANYBODY, contact_id=her.contact, details=DETAILS)
    assert notes.add_note(actor=ANYBODY, contact_id=her.contact, text="She called").pk


def test_x5_the_contact_that_a_restricted_one_is_grouped_with_is_not_changed_either(her: Her) -> None:
    notes.add_note(actor=ANYBODY, contact_id=her.other, text="He called")
    grouping.carry_out(actor=ANYBODY, intent=Group(master=her.other, children=(her.contact,)))
    with pytest.raises(Refused, match=SAID[4:]):
        notes.add_note(actor=ANYBODY, contact_id=her.other, text="He called")


def test_x5_an_edit_that_waited_when_it_was_restricted_goes_on_waiting_and_one_of_an_officer_does_not() -> (
    None
):
    """By night (K5): the officer rectifies while it lasts."""
    first, second = factories.person("Dora"), factories.person("Paul")
    for contact in (first, second):
        golden.override(
            actor=COMMAND_LINE,
            contact_id=contact.pk,
            field="gender",
            value={"gender": "female"},
            mode="pinned",
        )
        contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="restricted", note="")
    GoldenOverride.objects.update(state="pending", in_force_at=None, made_at=now() - timedelta(days=1))
    rectified = GoldenOverride.objects.last()
    assert rectified is not None
    Suppression.objects.order_by("pk").update(at=now() - timedelta(hours=1))
    GoldenOverride.objects.filter(pk=rectified.pk).update(made_at=now())
    assert golden.apply_pending(actor=COMMAND_LINE) == 1
    states = dict(GoldenOverride.objects.values_list("pk", "state"))
    assert sorted(states.values()) == ["in_force", "pending"]
    assert states[rectified.pk] == "in_force"
