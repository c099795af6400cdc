from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from kith.access.actors import COMMAND_LINE, PRIVACY_ENGINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.accounts.actions import AccountDetails, make_suspense_account
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.audit.models import Entry
from kith.contacts.actions import add_contact, suppress
from kith.contacts.deletion.registry import leaving_of
from kith.contacts.models import Contact
from kith.contacts.standing import standing_of
from kith.kernel.clock import now
from kith.kernel.errors import Conflict, Refused
from kith.notes import actions as notes
from kith.organisation.models import Community, OrgGroup, Unit, UserPlace
from kith.privacy import ledger
from kith.privacy.erasing import actions, proving, steps, waiting
from kith.privacy.erasing.blockers import blockers_of
from kith.privacy.erasing.months import LastDealings, too_soon
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof.certificate import is_authentic
from kith.privacy.proof.scanning import scan
from kith.privacy.sections import ANONYMISATION, Anonymisation
from kith.settings.actions import save_section
from kith.sources.models import SourceRecord, Tombstone
from kith.stewardship.models import Case, StewardshipSettings
from kith.web.formats import group_id
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.privacy.erasing import broken_room

pytestmark = pytest.mark.django_db
State = Erasure.State


def allow(**said: object) -> None:
    make_suspense_account(actor=COMMAND_LINE, details=AccountDetails(number="SUSPENSE-1", currency="EUR"))
    value = Anonymisation(is_enabled=True, **said)  # type: ignore[arg-type]  # of the section, by name
    save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=value)


def order(contact: Contact, **said: object) -> Erasure:
    return actions.order_erasure(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        typed_group_id=contact.pk,
        **said,  # type: ignore[arg-type]  # by name
    )


def test_k24_a_contact_is_anonymised_for_ever_and_proved(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    allow()
    contact = factories.eleni()
    notes.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text="Call Eleni after the matinee")
    erasure = order(contact)
    with django_capture_on_commit_callbacks(execute=True):
        steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == State.DONE, erasure.trouble
    contact.refresh_from_db()
    assert (contact.state, contact.name, contact.birth_date) == (Contact.State.ANONYMISED, "Anonymised", None)
    assert not SourceRecord.objects.filter(claim__has_key="fields", erased_at__isnull=False).exists()
    assert Tombstone.objects.filter(erasure=erasure.uid).count() > 1
    certificate = Certificate.objects.get(erasure=erasure)
    assert is_authentic(certificate)
    assert certificate.body["found"] == 0
    assert certificate.body["looked_for"] > 0
    intent = next(one for one in ledger.entries(ledger.path()) if one.uid == erasure.uid)
    assert intent.kind is ledger.Kind.INTENT
    assert certificate.body["ledger"]["number"] >= 1
    assert certificate.body["elsewhere"] == {"source": erasure.elsewhere.count()}
    assert certificate.body["searched"]["tables"]["contacts_contact"] == Contact.objects.count()
    assert not (Path(settings.HOME) / "erasing" / str(erasure.uid)).exists()
    assert erasure.needle_key is None
    events = Entry.objects.filter(group_id=contact.pk, subject_type=Erasure.SUBJECT)
    assert list(events.order_by("pk").values_list("event", flat=True)) == [
        "ErasureOrdered",
        "ContactAnonymised",
        "ErasureProved",
    ]


def test_a_certificate_that_was_touched_is_not_authentic() -> None:
    allow()
    erasure = order(factories.person())
    steps.carry_on([erasure.uid])
    certificate = Certificate.objects.get(erasure=erasure)
    certificate.body = {**certificate.body, "found": 1}
    assert not is_authentic(certificate)


def test_c15_while_it_is_switched_off_nobody_is_anonymised() -> None:
    with pytest.raises(Refused, match="switched off"):
        order(factories.person())


def test_c43_it_is_not_switched_on_without_a_suspense_account() -> None:
    with pytest.raises(Refused, match="Suspense Account"):
        save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation(is_enabled=True))


def test_a_group_id_typed_wrongly_orders_nothing() -> None:
    allow()
    contact = factories.person()
    with pytest.raises(Refused, match="another one"):
        actions.order_erasure(actor=COMMAND_LINE, contact_id=contact.pk, typed_group_id=contact.pk + 1)
    assert not Erasure.objects.exists()


def test_what_was_ordered_is_not_ordered_again_and_can_be_cancelled_while_nothing_is_done() -> None:
    allow()
    contact = factories.person()
    erasure = order(contact)
    with pytest.raises(Conflict):
        order(contact)
    actions.cancel_erasure(actor=COMMAND_LINE, uid=erasure.uid)
    again = order(contact)
    steps.carry_on([again.uid])
    with pytest.raises(Conflict, match="cannot be cancelled"):
        actions.cancel_erasure(actor=COMMAND_LINE, uid=again.uid)


def test_cancelling_takes_back_the_suppression_that_the_order_made() -> None:
    allow()
    contact = factories.person()
    Account.objects.create(record_id=contact.primary_record_id, number="A-1", currency="EUR")
    erasure = order(contact, route=Erasure.Route.CONSENT)
    assert [one.reason for one in standing_of([contact.pk])[contact.pk]] == ["manual"]
    actions.cancel_erasure(actor=COMMAND_LINE, uid=erasure.uid)
    assert standing_of([contact.pk])[contact.pk] == ()
    assert Entry.objects.filter(event="SuppressionLifted", group_id=contact.pk).count() == 1


def test_cancelling_leaves_what_a_person_said_and_what_another_order_needs() -> None:
    allow()
    contact, other = factories.person(), factories.person()
    for one in (contact, other):
        Account.objects.create(record_id=one.primary_record_id, number=f"A-{one.pk}", currency="EUR")
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="By letter")
    erasure = order(contact, route=Erasure.Route.CONSENT)
    actions.cancel_erasure(actor=COMMAND_LINE, uid=erasure.uid)
    assert [one.note for one in standing_of([contact.pk])[contact.pk]] == ["By letter"]
    needing, cancelled = order(other, route=Erasure.Route.CONSENT), erasure
    Erasure.objects.filter(pk=cancelled.pk).update(
        state=State.BLOCKED, ended_at=None, record_ids=needing.record_ids
    )
    actions.cancel_erasure(actor=COMMAND_LINE, uid=cancelled.uid)
    assert [one.by for one in standing_of([other.pk])[other.pk]] == [PRIVACY_ENGINE.name]


def test_c40_a16_an_order_that_is_blocked_stays_open_and_is_tried_again_every_night() -> None:
    allow()
    contact = factories.person()
    account = Account.objects.create(record_id=contact.primary_record_id, number="A-1", currency="EUR")
    erasure = order(contact, route=Erasure.Route.CONSENT)
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["financial"])
    steps.carry_on(waiting.ready_now())
    steps.carry_on(waiting.tonight(), in_run=True)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["financial"])
    Account.objects.filter(pk=account.pk).update(state="terminated", terminated_at=now())
    steps.carry_on(waiting.ready_now())
    erasure.refresh_from_db()
    assert erasure.state == State.BLOCKED
    steps.carry_on(waiting.tonight(), in_run=True)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (State.DONE, [])


def test_x3_at_once_for_somebody_typed_in_overnight_for_whoever_a_source_sent() -> None:
    allow()
    StewardshipSettings.objects.update_or_create(pk=1, defaults={"changes_wait": True})
    typed = add_contact(
        actor=COMMAND_LINE, kind="person", claim={"first_name": "Dora", "last_name": "Marlowe"}
    )
    sent = factories.person()
    first, second = order(Contact.objects.get(pk=typed)), order(sent)
    assert waiting.ready_now() == [first.uid]
    assert waiting.tonight() == [first.uid, second.uid]


def test_x3_amounts_and_dates_stay_and_texts_go() -> None:
    allow()
    contact = factories.person()
    account = Account.objects.create(
        record_id=contact.primary_record_id,
        number="A-1",
        currency="EUR",
        name="Household of Dora",
        state="terminated",
        terminated_at=now(),
    )
    AccountTransaction.objects.create(
        account=account,
        reference="B-7",
        date=date(2026, 1, 2),
        amount=12,
        currency="EUR",
        description="For Dora",
    )
    steps.carry_on([order(contact).uid])
    account.refresh_from_db()
    posted = AccountTransaction.objects.get()
    assert (account.number, account.name) == ("A-1", "Anonymised")
    assert (posted.amount, posted.date, posted.reference, posted.description) == (
        12,
        date(2026, 1, 2),
        "B-7",
        "",
    )


@pytest.mark.parametrize(
    ("months", "last", "today", "fails"),
    [
        (0, date(2026, 11, 22), date(2026, 11, 23), False),
        (1, None, date(2026, 11, 23), False),
        (1, date(2026, 10, 23), date(2026, 11, 23), False),
        (1, date(2026, 10, 24), date(2026, 11, 23), True),
        (1, date(2026, 1, 31), date(2026, 2, 27), True),
        (1, date(2026, 1, 31), date(2026, 2, 28), False),
        (36, date(2024, 2, 29), date(2027, 2, 27), True),
        (36, date(2024, 2, 29), date(2027, 2, 28), False),
    ],
)
@pytest.mark.parametrize("check", ["update", "subscription", "transaction", "wallet"])
def test_a18_calendar_months_and_exactly_so_many_are_enough(
    check: str, months: int, last: date | None, today: date, fails: bool
) -> None:
    settings = Anonymisation(**{f"months_{check}": months})
    blockers = too_soon(LastDealings(**{check: last}), settings, today=today)
    assert [one.code for one in blockers] == [f"months_{check}"] * fails


def test_c15_all_checks_that_fail_are_named_at_once() -> None:
    settings = Anonymisation(
        months_update=12, months_subscription=12, months_transaction=12, months_wallet=12
    )
    yesterday = date(2026, 11, 22)
    last = LastDealings(update=yesterday, transaction=yesterday, wallet=date(2020, 1, 1))
    blockers = too_soon(last, settings, today=date(2026, 11, 23))
    assert [one.code for one in blockers] == ["months_update", "months_transaction"]
    assert "22 Nov 2027" in blockers[0].sentence.replace("\u00a0", " ")


def test_a17_who_withdraws_consent_skips_the_months_only_where_the_setting_says_so() -> None:
    allow(months_update=12)
    leaving = leaving_of(factories.person().pk)
    codes = [one.code for one in blockers_of(leaving, route=Erasure.Route.CONSENT)]
    assert codes == ["months_update"]
    save_section(
        actor=COMMAND_LINE,
        section=ANONYMISATION,
        value=Anonymisation(is_enabled=True, months_update=12, consent_skips_months=True),
    )
    assert blockers_of(leaving, route=Erasure.Route.CONSENT) == ()
    assert [one.code for one in blockers_of(leaving)] == ["months_update"]


def _team(*, record_id: int | None = None) -> OrgGroup:
    community = Community.objects.create(name="North")
    return OrgGroup.objects.create(name="Shop", community=community, record_id=record_id)


def _colleague() -> User:
    return User.objects.create_user("nora@example.org", PASSWORD, name="Nora Lind", roles=[RoleName.VIEWER])


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda pk: Account.objects.create(record_id=pk, number="A", currency="EUR"), "financial"),
        *(
            (
                lambda pk, kind=kind: LinkedItem.objects.create(
                    record_id=pk, kind=kind, reference="R", title="T"
                ),
                "item" if kind == "other" else kind,
            )
            for kind in LinkedItem.Kind.values
        ),
        (
            lambda pk: LinkedItem.objects.create(
                record_id=pk, kind="job", reference="R", title="T", is_running=False, is_unbilled=True
            ),
            "unbilled",
        ),
        (lambda pk: Community.objects.create(name="North", record_id=pk), "community"),
        (lambda pk: _team(record_id=pk), "group"),
        (lambda pk: Unit.objects.create(name="Desk", org_group=_team(), record_id=pk), "unit"),
        (lambda pk: UserPlace.objects.create(user=_colleague(), record_id=pk), "user"),
    ],
)
def test_c41_each_reason_alone_and_two_at_once(made: Callable[[int], object], code: str) -> None:
    allow()
    contact = factories.person()
    assert contact.primary_record_id
    made(contact.primary_record_id)
    leaving = leaving_of(contact.pk)
    assert [one.code for one in blockers_of(leaving)] == [code]
    assert all(one.url for one in blockers_of(leaving))
    Account.objects.create(record_id=contact.primary_record_id, number="B", currency="EUR")
    assert {one.code for one in blockers_of(leaving)} == {code, "financial"}
    with pytest.raises(Refused, match="account B is not terminated"):
        order(contact)


def test_what_comes_up_against_an_order_later_opens_a_case() -> None:
    allow()
    contact = factories.person()
    erasure = order(contact)
    Account.objects.create(record_id=contact.primary_record_id, number="A-1", currency="EUR")
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["financial"])
    steps.carry_on([erasure.uid])
    case = Case.objects.get(kind=Case.Kind.ERASURE, contact_id=contact.pk)
    assert case.title == f"GroupID {group_id(contact.pk)} is to be anonymised, and may not be now"


@override_settings(KITH_ERASED_WITH="tests.privacy.erasing.broken_room.ROOMS")
def test_one_that_fails_does_not_keep_the_others_and_after_three_times_a_person_looks() -> None:
    allow()
    bad, good = factories.person(first_name="Paul"), factories.eleni()
    erasures = [order(bad), order(good)]
    broken_room.BROKEN[:] = [bad.pk]
    for _ in range(steps.PROOFS):
        steps.carry_on([one.uid for one in erasures])
    for one in erasures:
        one.refresh_from_db()
    assert [one.state for one in erasures] == [State.BLOCKED, State.DONE]
    assert (erasures[0].blocked, erasures[0].trouble) == (["failed"], "ZeroDivisionError")
    assert Contact.objects.get(pk=bad.pk).first_name == "Paul"
    assert Case.objects.get(kind=Case.Kind.ERASURE).title.endswith("failed again and again")
    broken_room.BROKEN.clear()
    actions.retry_erasure(actor=COMMAND_LINE, uid=erasures[0].uid)
    steps.carry_on([erasures[0].uid])
    erasures[0].refresh_from_db()
    assert (erasures[0].state, erasures[0].trouble) == (State.DONE, "")


def test_with_nothing_to_sweep_one_look_through_everything_is_the_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow()
    erasures = [order(factories.person(first_name=name)) for name in ("Dora", "Paul", "Ines")]
    looks = list[int]()
    monkeypatch.setattr(proving, "scan", lambda needles: looks.append(len(needles)) or scan(needles))
    monkeypatch.setattr(proving, "TOGETHER", 2)
    steps.carry_on([one.uid for one in erasures])
    assert looks == [2, 1]
    assert set(Erasure.objects.values_list("state", flat=True)) == {State.DONE}
