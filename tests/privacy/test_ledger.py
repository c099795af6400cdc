"""The ledger of erasures tells who has to be erased again after an older backup, and shows every change."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from kith.config import checkup
from kith.config.checkup import Finding, Level
from kith.kernel import clock
from kith.privacy import ledger
from kith.privacy.erasing import steps
from kith.privacy.ledger import BrokenLedger, Kind, LedgerEntry
from kith.privacy.models import Erasure
from kith.sources import tombstones
from kith.sources.models import SourceRecord, Tombstone
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order


@pytest.fixture(autouse=True)
def file(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere"
    settings.ERASURE_LEDGER = path
    return path


def three_lines() -> list[UUID]:
    uids = [uuid4(), uuid4()]
    for uid in uids:
        ledger.intend(
            LedgerEntry(uid=uid, contact_id=7, record_ids=(1, 2), refs=(b"r" * 32,), identities=(b"i" * 32,))
        )
    ledger.settle(uids[0], Kind.DONE)
    return uids


def test_what_was_written_is_read_back_in_order(file: Path) -> None:
    assert ledger.head() == ledger.LedgerHead()
    first, second = three_lines()
    found = list(ledger.entries(file))
    assert [(one.uid, one.kind) for one in found] == [
        (first, Kind.INTENT),
        (second, Kind.INTENT),
        (first, Kind.DONE),
    ]
    assert (found[0].record_ids, found[0].refs, found[0].identities) == ((1, 2), (b"r" * 32,), (b"i" * 32,))
    assert ledger.head().number == 3
    assert file.stat().st_mode & 0o077 == 0


def test_a_line_longer_than_a_block_is_found_again(file: Path) -> None:
    many = tuple(number.to_bytes(32) for number in range(5_000))
    ledger.intend(LedgerEntry(uid=uuid4(), refs=many))
    ledger.intend(LedgerEntry(uid=uuid4(), refs=many))
    assert ledger.head().number == 2
    assert [one.refs for one in ledger.entries(file)] == [many, many]


def _changed(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"contact_id": 7', b'"contact_id": 8'), *lines[1:]]


def _left_out(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2]]


def _moved(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], lines[2]]


def _no_json(lines: list[bytes]) -> list[bytes]:
    return [*lines, b"{}\n"]


@pytest.mark.parametrize("harm", [_changed, _left_out, _moved, _no_json])
def test_a_line_that_was_changed_left_out_or_moved_is_told(
    file: Path, harm: Callable[[list[bytes]], list[bytes]]
) -> None:
    three_lines()
    file.write_bytes(b"".join(harm(file.read_bytes().splitlines(keepends=True))))
    with pytest.raises(BrokenLedger):
        list(ledger.entries(file))


def test_an_older_ledger_is_refused_where_a_newer_one_was_there(file: Path) -> None:
    three_lines()
    newest = ledger.head()
    assert len(list(ledger.entries(file, since=newest))) == 3
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:2]))
    assert len(list(ledger.entries(file))) == 2
    with pytest.raises(BrokenLedger, match="does not hold line 3"):
        list(ledger.entries(file, since=newest))


def test_a_line_cut_short_by_a_loss_of_power_is_none_and_the_next_one_stands(file: Path) -> None:
    three_lines()
    whole = file.read_bytes()
    file.write_bytes(whole + whole.splitlines()[0][:50])
    assert ledger.head().number == 3
    assert len(list(ledger.entries(file))) == 3
    ledger.settle(uuid4(), Kind.VOID)
    assert [one.kind for one in ledger.entries(file)][-1] == Kind.VOID
    assert ledger.head().number == 4


@pytest.mark.django_db
def test_x10_an_erasure_is_in_the_ledger_before_it_stands_and_without_a_value_of_the_person(
    file: Path, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    allow()
    contact = factories.eleni()
    members = SourceRecord.objects.of_contact(contact.pk)
    refs = {tombstones.digest(code, ref) for code, ref in members.values_list("source__code", "system_ref")}
    texts = {contact.last_name, contact.first_name, *members.values_list("system_ref", flat=True)}
    erasure = order(contact)
    with django_capture_on_commit_callbacks(execute=False):
        steps.erase(erasure.uid)
    (intent,) = ledger.entries(file)
    assert len(intent.sources) == len(intent.refs)
    assert (intent.uid, intent.contact_id, set(intent.refs)) == (erasure.uid, contact.pk, refs)
    closed = Tombstone.objects.filter(erasure=erasure.uid).values_list("digest", flat=True)
    assert {*intent.refs, *intent.identities} == {bytes(one) for one in closed}
    said = file.read_text()
    assert not [text for text in texts if text and f'"{text}"' in said]
    assert ledger.reconcile() == 1
    assert [one.kind for one in ledger.entries(file)] == [Kind.INTENT, Kind.DONE]
    assert ledger.reconcile() == 0


@pytest.mark.django_db
def test_an_intent_that_never_came_to_be_is_told_and_one_under_way_is_left() -> None:
    allow()
    erasure = order(factories.person())
    ledger.intend(LedgerEntry(uid=erasure.uid))
    assert ledger.reconcile() == 0
    Erasure.objects.filter(pk=erasure.pk).update(state=Erasure.State.BLOCKED)
    assert ledger.reconcile() == 1
    assert [one.kind for one in ledger.entries(ledger.path())] == [Kind.INTENT, Kind.VOID]


@pytest.mark.django_db(transaction=True)
def test_an_intent_of_an_erasure_that_is_under_way_elsewhere_is_not_told_to_be_void() -> None:
    """The night carries on what was blocked, while a job looks for what kills left."""
    allow()
    erasure = order(factories.eleni())
    Erasure.objects.filter(pk=erasure.pk).update(state=Erasure.State.BLOCKED)

    def told() -> int:
        try:
            return ledger.reconcile()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, transaction.atomic():
        steps.erase(erasure.uid)
        assert other.submit(told).result(timeout=30) == 0
    assert [one.kind for one in ledger.entries(ledger.path())] == [Kind.INTENT, Kind.DONE]
    assert not ledger.standing(ledger.path())[erasure.uid].is_dangling


def test_what_was_done_stands_whatever_was_said_before_and_what_is_void_does_not(file: Path) -> None:
    done, begun, void, again = uuid4(), uuid4(), uuid4(), uuid4()
    for uid in (done, begun, void, again):
        ledger.intend(LedgerEntry(uid=uid))
    for uid, kind in ((done, Kind.VOID), (done, Kind.DONE), (void, Kind.VOID), (again, Kind.VOID)):
        ledger.settle(uid, kind)
    ledger.intend(LedgerEntry(uid=again, refs=(b"r" * 32,), sources=("TICKETS",)))
    stands = ledger.standing(file)
    assert {uid: one.is_dangling for uid, one in stands.items()} == {done: False, begun: True, again: True}
    assert stands[again].entry.sources == ("TICKETS",)


@pytest.mark.django_db
def test_nobody_is_erased_while_the_ledger_cannot_be_written(settings: Settings, tmp_path: Path) -> None:
    allow()
    contact = factories.person()
    erasure = order(contact)
    settings.ERASURE_LEDGER = tmp_path / "not there" / "ledger"
    with pytest.raises(FileNotFoundError):
        steps.erase(erasure.uid)
    contact.refresh_from_db()
    assert contact.state == contact.State.ACTIVE


def _doctor() -> Finding:
    return next(finding for finding in checkup.examine() if finding.what == "erasure ledger")


@pytest.mark.django_db
def test_the_doctor_names_whoever_came_back_with_an_older_backup_and_no_stranger() -> None:
    back, stranger = factories.eleni(), factories.person(last_name="Stranger")
    assert (_doctor().level, _doctor().then) == (Level.OK, "")
    members = SourceRecord.objects.of_contact(back.pk).values_list("source__code", "system_ref")
    entry = LedgerEntry(
        uid=uuid4(),
        contact_id=stranger.pk,
        refs=tuple(tombstones.digest(code, ref) for code, ref in members),
        sources=tuple(code for code, _ in members),
    )
    ledger.intend(entry)
    assert ledger.returned() == {back.pk}
    ledger.settle(entry.uid, Kind.DONE)
    assert _doctor().level is Level.FAIL
    assert _doctor().then == f"anonymise again, first: GroupID {back.pk}"
    Erasure.objects.create(
        uid=entry.uid, contact_id=back.pk, asked_as="x", state=Erasure.State.ERASED, erased_at=clock.now()
    )
    assert _doctor().level is Level.OK


@pytest.mark.django_db
def test_the_doctor_tells_a_ledger_that_was_changed(file: Path) -> None:
    three_lines()
    file.write_bytes(b"".join(_left_out(file.read_bytes().splitlines(keepends=True))))
    assert _doctor().level is Level.FAIL
