from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.deletion.actions import delete_contact
from kith.contacts.deletion.registry import leaving_of, what_goes
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Ungroup
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.kernel.leaving import Going
from kith.privacy.erasing import steps
from kith.privacy.erasing.blockers import blockers_of_contact
from kith.privacy.holds.actions import lift_hold, place_hold
from kith.privacy.holds.models import LegalHold
from kith.privacy.models import Erasure
from kith.privacy.scheduled.eligible import eligible
from kith.sources.models import Membership
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.scheduled.test_scheduled import YEARS, inactive

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def hold(contact_id: int, **said: str) -> LegalHold:
    return place_hold(actor=COMMAND_LINE, contact_id=contact_id, reason="Claim 7/2026", **said)  # type: ignore[arg-type]  # by name


def test_whoever_is_held_is_neither_anonymised_nor_deleted_until_the_hold_is_lifted() -> None:
    allow(**YEARS)
    contact = inactive()
    assert eligible() == [contact.pk]
    placed = hold(contact.pk)
    assert [one.code for one in blockers_of_contact(contact.pk)] == ["legal_hold"]
    assert eligible() == []
    with pytest.raises(Refused, match=r"(?i)legal hold"):
        order(contact)
    with pytest.raises(Refused, match=r"(?i)legal hold"):
        delete_contact(actor=COMMAND_LINE, contact_id=contact.pk)
    lift_hold(actor=COMMAND_LINE, hold_id=placed.pk, note="Settled")
    assert eligible() == [contact.pk]
    events = Entry.objects.filter(subject_type="legal hold").order_by("pk").values_list("event", flat=True)
    assert list(events) == ["LegalHoldPlaced", "LegalHoldLifted"]


def test_an_order_that_waits_is_blocked_by_a_hold_that_comes_later() -> None:
    allow()
    contact = factories.person()
    erasure = order(contact)
    hold(contact.pk)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (Erasure.State.BLOCKED, ["legal_hold"])


def test_a_hold_goes_with_its_system_refs_through_grouping_and_ungrouping() -> None:
    allow()
    first = factories.contact(
        factories.record({"first_name": "Dora"}), factories.record({"first_name": "D."})
    )
    second = factories.person(first_name="Paul")
    hold(first.pk)
    carry_out(actor=COMMAND_LINE, intent=Group(master=second.pk, children=(first.pk,)))
    assert [one.code for one in blockers_of_contact(second.pk)] == ["legal_hold"]
    carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=second.pk), lift=True)
    records = LegalHold.objects.get().record_ids
    assert len(records) == 2
    now = Membership.objects.filter(record_id__in=records).values_list("contact_id", flat=True)
    assert len(set(now)) == 2
    assert [[one.code for one in blockers_of_contact(pk)] for pk in now] == [["legal_hold"]] * 2


def test_what_was_anonymised_keeps_no_reason_of_a_hold_that_was_lifted() -> None:
    allow()
    contact = factories.person()
    placed = hold(contact.pk)
    lift_hold(actor=COMMAND_LINE, hold_id=placed.pk, note="Settled with Dora")
    steps.carry_on([order(contact).uid])
    placed.refresh_from_db()
    assert (placed.reason, placed.lift_note) == ("Anonymised", "Anonymised")


def test_a_lifted_hold_goes_with_the_last_of_its_system_refs(
    privacy_officer: User, client_of: ClientOf
) -> None:
    """What it said of whoever was deleted is said nowhere any more."""
    dora = factories.contact(factories.record({"first_name": "Dora"}), factories.record({"first_name": "D."}))
    placed = hold(dora.pk)
    lift_hold(actor=COMMAND_LINE, hold_id=placed.pk, note="Settled with Dora")
    carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=dora.pk), lift=True)
    first, second = placed.record_ids
    delete_contact(actor=COMMAND_LINE, contact_id=Membership.objects.get(record_id=first).contact_id)
    assert LegalHold.objects.get().record_ids == [second]
    left = Membership.objects.get(record_id=second).contact_id
    assert f"/holds/{left}/" in client_of(privacy_officer).get(f"{reverse('holds:list')}?show=all").text
    assert Going("legal holds that were lifted", 1) in what_goes(leaving_of(left))
    delete_contact(actor=COMMAND_LINE, contact_id=left)
    assert not LegalHold.objects.exists()


def test_the_list_shows_a_hold_that_leads_to_no_contact(privacy_officer: User, client_of: ClientOf) -> None:
    allow()
    gone, anonymised = factories.person(), factories.person(first_name="Paul")
    for contact in (gone, anonymised):
        lift_hold(actor=COMMAND_LINE, hold_id=hold(contact.pk).pk, note="Settled")
    Membership.objects.filter(contact_id=gone.pk).delete()
    steps.carry_on([order(anonymised).uid])
    listed = client_of(privacy_officer).get(f"{reverse('holds:list')}?show=all")
    assert (listed.status_code, listed.text.count("Lifted")) == (200, 2)
    assert "/holds/1" not in listed.text, "neither page is there"


def test_holds_are_refused_in_words() -> None:
    allow()
    contact = factories.person()
    with pytest.raises(Refused, match="Say why"):
        place_hold(actor=COMMAND_LINE, contact_id=contact.pk, reason=" ")
    with pytest.raises(NotAllowed):
        place_hold(actor=NOBODY, contact_id=contact.pk, reason="x")
    with pytest.raises(NotFound):
        hold(999_999)
    placed = hold(contact.pk)
    with pytest.raises(Refused, match="Say why"):
        lift_hold(actor=COMMAND_LINE, hold_id=placed.pk, note="")
    lift_hold(actor=COMMAND_LINE, hold_id=placed.pk, note="Settled")
    with pytest.raises(Conflict):
        lift_hold(actor=COMMAND_LINE, hold_id=placed.pk, note="Settled")
    steps.carry_on([order(contact).uid])
    with pytest.raises(NotFound):
        hold(contact.pk)


def test_the_pages(privacy_officer: User, viewer: User, client_of: ClientOf, client: Client) -> None:
    contact, officer = factories.person(), client_of(privacy_officer)
    url, listed = reverse("holds:contact", args=(contact.pk,)), reverse("holds:list")
    assert "No holds" in officer.get(listed).content.decode()
    assert officer.post(url, {"reason": ""}).status_code == 422
    assert officer.post(url, {"reason": "Claim 7/2026"}).status_code == 302
    assert "Claim 7/2026" in officer.get(url).content.decode()
    with CaptureQueriesContext(connection) as few:
        officer.get(listed)
    for name in ("Paul", "Ines", "Noor"):
        hold(factories.person(first_name=name).pk)
    with CaptureQueriesContext(connection) as many:
        officer.get(listed)
    assert len(many) == len(few)
    placed = LegalHold.objects.order_by("pk").first()
    assert placed
    lift = reverse("holds:lift", args=(contact.pk, placed.pk))
    assert officer.post(lift, {"note": "Settled"}).status_code == 302
    placed.refresh_from_db()
    assert placed.lift_note == "Settled"
    assert client_of(viewer).get(url).status_code == 403
    assert client_of(viewer).post(lift, {"note": "x"}).status_code == 403
    assert client.get(url).status_code in {302, 404}
    assert officer.get(reverse("holds:contact", args=(999_999,))).status_code == 404


def test_what_is_wrong_with_lifting_is_said_beside_the_hold(
    privacy_officer: User, client_of: ClientOf
) -> None:
    contact, officer = factories.person(), client_of(privacy_officer)
    placed, other = hold(contact.pk), hold(contact.pk)
    lift = reverse("holds:lift", args=(contact.pk, placed.pk))
    empty = officer.post(lift, {"note": ""})
    assert (empty.status_code, empty.text.count("This field is required")) == (422, 1)
    long = officer.post(lift, {"note": "x" * 501})
    assert (long.status_code, "at most 500 characters" in long.text) == (422, True)
    assert "x" * 501 in long.text, "what was typed is there still"
    assert LegalHold.objects.filter(lifted_at=None).count() == 2
    assert officer.post(lift, {"note": "Settled"}).status_code == 302
    assert "Somebody lifted this hold already" in officer.post(lift, {"note": "Settled"}, follow=True).text
    other.refresh_from_db()
    assert other.lifted_at is None


def test_a_hold_is_lifted_from_its_own_contact_only(privacy_officer: User, client_of: ClientOf) -> None:
    officer = client_of(privacy_officer)
    placed, stranger = hold(factories.person().pk), factories.person(first_name="Paul")
    for contact_id, hold_id in ((stranger.pk, placed.pk), (999_999, placed.pk), (stranger.pk, 999_999)):
        lift = reverse("holds:lift", args=(contact_id, hold_id))
        assert officer.post(lift, {"note": "Settled"}).status_code == 404
    placed.refresh_from_db()
    assert placed.lifted_at is None
