"""K20: unflagged at once or overnight, by setting; a failure opens a case (K29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, OVERNIGHT, Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.config.overnight import STEPS
from kith.contacts import actions as contacts
from kith.contacts.models import Contact, Suppression
from kith.contacts.standing import standing_of
from kith.contacts.suppressions.asked import actions
from kith.contacts.suppressions.models import AskedLift
from kith.contacts.suppressions.steps import suppressions as step
from kith.jobs import progress
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.runs.steps import StepContext
from kith.stewardship.models import Case, StewardshipSettings
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def overnight(db: None) -> None:
    StewardshipSettings.objects.update_or_create(pk=1, defaults={"changes_wait": True})


def suppressed(user: User, reason: str = "manual") -> tuple[Contact, int]:
    contact = factories.person()
    made = contacts.suppress(actor=user.actor, contact_id=contact.pk, reason=reason, note="Asked")
    return contact, made.pk


def run() -> dict[str, int]:
    context = StepContext(
        run_id=1, actor=OVERNIGHT, tracker=progress.start("run", 1, label="Run"), approved=False
    )
    return dict(step(context))


def reasons(contact: Contact) -> list[str]:
    return [one.reason for one in standing_of([contact.pk])[contact.pk]]


def lift_url(contact: Contact, suppression: int) -> str:
    return reverse("contacts:lift-suppression", args=[contact.pk, suppression])


CONFIRMED = {"note": "He wrote on 3 May", "sure": "on"}


def test_k20_at_once_by_default(privacy_officer: User, client_of: ClientOf) -> None:
    contact, suppression = suppressed(privacy_officer)
    assert client_of(privacy_officer).post(lift_url(contact, suppression), CONFIRMED).status_code == 302
    assert reasons(contact) == []
    assert not AskedLift.objects.exists()


@pytest.mark.usefixtures("overnight")
def test_k20_overnight_by_setting_the_flag_is_gone_the_next_day(
    privacy_officer: User, client_of: ClientOf
) -> None:
    contact, suppression = suppressed(privacy_officer)
    browser = client_of(privacy_officer)
    assert browser.post(lift_url(contact, suppression), {"note": "He wrote"}).status_code == 422
    assert browser.post(lift_url(contact, suppression), CONFIRMED).status_code == 302
    assert reasons(contact) == ["manual"]
    page = browser.get(reverse("contacts:detail", args=[contact.pk])).text
    assert "Unflagged by the next run" in page
    again = browser.post(lift_url(contact, suppression), CONFIRMED)
    assert again.status_code == 422
    assert "asked for already" in again.text
    assert run() == {"suppressions_unflagged": 1, "unflags_failed": 0, "suppressions_ended": 0}
    assert reasons(contact) == []
    entry = Entry.objects.get(event="SuppressionLifted")
    assert entry.actor == privacy_officer.name
    assert not Case.objects.exists()
    assert run()["suppressions_unflagged"] == 0


@pytest.mark.usefixtures("overnight")
def test_k20_a_failed_unflag_opens_a_case_and_the_flag_stays(privacy_officer: User) -> None:
    contact, suppression = suppressed(privacy_officer)
    other = factories.person()
    kept, of_kept = suppressed(privacy_officer)
    for one, pk in ((contact, suppression), (kept, of_kept)):
        assert actions.ask_lift(
            actor=privacy_officer.actor, contact_id=one.pk, suppression_id=pk, note="He wrote"
        )
    factories.retire(contact, successor=other)
    assert run() == {"suppressions_unflagged": 1, "unflags_failed": 1, "suppressions_ended": 0}
    case = Case.objects.get()
    assert (case.kind, case.contact_id) == ("failed_request", contact.pk)
    assert "failed" in case.title
    assert reasons(contact) == ["manual"]
    assert AskedLift.objects.get(contact_id=contact.pk).failure == "There is no such contact."


@pytest.mark.usefixtures("overnight")
def test_k20_whoever_lost_the_right_meanwhile_unflags_nothing(privacy_officer: User) -> None:
    contact, suppression = suppressed(privacy_officer)
    actions.ask_lift(
        actor=privacy_officer.actor, contact_id=contact.pk, suppression_id=suppression, note="He wrote"
    )
    User.objects.filter(pk=privacy_officer.pk).update(is_active=False)
    run()
    assert reasons(contact) == ["manual"]
    assert Case.objects.count() == 1


@pytest.mark.usefixtures("overnight")
def test_what_waits_may_be_cancelled(privacy_officer: User, client_of: ClientOf) -> None:
    contact, suppression = suppressed(privacy_officer)
    asked = actions.ask_lift(
        actor=privacy_officer.actor, contact_id=contact.pk, suppression_id=suppression, note="He wrote"
    )
    assert asked is not None
    address = reverse("suppressions:cancel-asked", args=[asked.pk])
    browser = client_of(privacy_officer)
    assert browser.get(address).status_code == 405
    assert browser.post(address).status_code == 302
    assert browser.post(address, follow=True).status_code == 200
    run()
    assert reasons(contact) == ["manual"]


@pytest.mark.usefixtures("overnight")
@pytest.mark.parametrize("reason", ["deceased", "anonymised"])
def test_k20_what_may_not_be_unflagged_may_not_be_asked_for(reason: str, privacy_officer: User) -> None:
    contact, suppression = suppressed(privacy_officer)
    Suppression.objects.filter(pk=suppression).update(reason=reason)
    with pytest.raises(Refused):
        actions.ask_lift(
            actor=privacy_officer.actor, contact_id=contact.pk, suppression_id=suppression, note="He wrote"
        )
    assert not AskedLift.objects.exists()


@pytest.mark.usefixtures("overnight")
def test_only_who_may_suppress_asks_and_a_note_is_needed(steward: User, privacy_officer: User) -> None:
    contact, suppression = suppressed(privacy_officer)
    asked = {"contact_id": contact.pk, "suppression_id": suppression}
    with pytest.raises(NotAllowed):
        actions.ask_lift(actor=steward.actor, note="He wrote", **asked)
    with pytest.raises(Refused, match="note"):
        actions.ask_lift(actor=privacy_officer.actor, note=" ", **asked)
    with pytest.raises(NotFound):
        actions.ask_lift(
            actor=privacy_officer.actor, note="He wrote", contact_id=contact.pk, suppression_id=2**40
        )


A9 = [
    ("manual", True, True),
    ("opt_out", True, True),
    ("imported", True, True),
    ("bounced", True, True),
    ("restricted", True, True),
    ("deceased", False, True),
    ("anonymised", False, False),
]


@pytest.mark.parametrize(("reason", "by_privacy_user", "by_admin"), A9)
def test_a9_who_may_unflag_which_suppression(
    reason: str, by_privacy_user: bool, by_admin: bool, privacy_officer: User, administrator: User
) -> None:
    for user, may in ((privacy_officer, by_privacy_user), (administrator, by_admin)):
        contact, suppression = suppressed(administrator)
        Suppression.objects.filter(pk=suppression).update(reason=reason)
        if may:
            actions.ask_lift(
                actor=user.actor,
                contact_id=contact.pk,
                suppression_id=suppression,
                note="She wrote",
                person_told=True,
            )
        else:
            with pytest.raises(Refused):
                actions.ask_lift(
                    actor=user.actor, contact_id=contact.pk, suppression_id=suppression, note="She wrote"
                )
        assert bool(reasons(contact)) is not may


def test_k20_a_restriction_is_lifted_only_after_the_person_was_told(
    privacy_officer: User, client_of: ClientOf
) -> None:
    contact, suppression = suppressed(privacy_officer, "restricted")
    browser, address = client_of(privacy_officer), lift_url(contact, suppression)
    assert "Tell the person before you lift it" in browser.get(address).text
    answer = browser.post(address, CONFIRMED)
    assert answer.status_code == 422
    assert "Tell the person first" in answer.text
    with pytest.raises(Refused, match="Tell the person first"):
        contacts.lift_suppression(
            actor=privacy_officer.actor, contact_id=contact.pk, suppression_id=suppression, note="Settled"
        )
    assert reasons(contact) == ["restricted"]
    assert browser.post(address, {**CONFIRMED, "person_told": "on"}).status_code == 302
    assert reasons(contact) == []
    entry = Entry.objects.get(event="SuppressionLifted")
    assert entry.detail == {"reason": "restricted", "person_told": True}


@pytest.mark.usefixtures("overnight")
def test_k20_that_the_person_was_told_is_kept_until_the_overnight_run(privacy_officer: User) -> None:
    contact, suppression = suppressed(privacy_officer, "restricted")
    asked = {"contact_id": contact.pk, "suppression_id": suppression}
    with pytest.raises(Refused, match="Tell the person first"):
        actions.ask_lift(actor=privacy_officer.actor, note="Settled", **asked)
    assert actions.ask_lift(actor=privacy_officer.actor, note="Settled", person_told=True, **asked)
    assert reasons(contact) == ["restricted"]
    assert run() == {"suppressions_unflagged": 1, "unflags_failed": 0, "suppressions_ended": 0}
    assert reasons(contact) == []
    assert Entry.objects.get(event="SuppressionLifted").detail["person_told"] is True


def test_a9_bounced_warns(privacy_officer: User, client_of: ClientOf) -> None:
    contact, suppression = suppressed(privacy_officer, "bounced")
    assert "came back" in client_of(privacy_officer).get(lift_url(contact, suppression)).text


def test_the_run_ends_what_has_an_end() -> None:
    contact = factories.person()
    made = contacts.suppress(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        reason="manual",
        note="Until May",
        ends_on=date(2030, 5, 31),
    )
    assert run()["suppressions_ended"] == 0
    Suppression.objects.filter(pk=made.pk).update(ends_on=date(2026, 1, 1))
    assert run()["suppressions_ended"] == 1
    assert reasons(contact) == []
    assert "suppressions" in [one.name for one in STEPS]


def test_the_run_needs_its_own_right_and_no_more() -> None:
    with pytest.raises(NotAllowed):
        actions.apply_asked(actor=Actor("Nobody", frozenset({Permission.CONTACT_SUPPRESS})), asked_id=1)
    assert actions.apply_asked(actor=OVERNIGHT, asked_id=2**40) is None
