"""Blocks in the database: writers at the same time, a killed sealer, heads outside, a restore."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from pytest_django import Settings

from kith.access.actors import OVERNIGHT
from kith.audit import journal
from kith.audit.chain import heads, sealing, watching
from kith.audit.chain.sealing import begin_epoch, seal_waiting
from kith.audit.chain.verifying import verify
from kith.audit.models import Block, Entry
from kith.kernel import clock
from kith.stewardship.models import Case
from tests.locks import wait_until_released, wait_until_what_is_written_can_be_sealed
from tests.processes import KILLED, ended

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def heads_file(settings: Settings, tmp_path: Path) -> Path:
    settings.JOURNAL_HEADS = tmp_path / "journal-heads"
    return tmp_path / "journal-heads"


@pytest.fixture
def sql() -> Callable[..., None]:
    """As somebody who owns the database and goes round Kith."""

    def run(statement: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)

    return run


def _write(number: int = 1, *, event: str = "SourceAdded") -> None:
    _write_now(number, event=event)
    wait_until_what_is_written_can_be_sealed()


def _write_now(number: int = 1, *, event: str = "SourceAdded") -> None:
    with transaction.atomic():
        for each in range(number):
            journal.record(event, by=OVERNIGHT, subject_type="source", subject_id=each, detail={"rows": each})


def _seal() -> Block:
    wait_until_what_is_written_can_be_sealed()
    block = seal_waiting()
    assert block is not None
    return block


def test_each_entry_is_in_one_block_and_the_whole_verifies() -> None:
    _write(3)
    assert _seal().entries == 3
    assert seal_waiting() is None, "nothing waits"
    _write(2)
    assert _seal().total == 5
    verdict = verify()
    assert verdict.is_sound
    assert (verdict.blocks, verdict.entries, verdict.waiting, verdict.heads) == (2, 5, 0, 2)


def test_what_is_not_sealed_yet_is_counted_as_waiting() -> None:
    _write()
    _seal()
    _write(2)
    assert verify().waiting == 2
    assert verify().is_sound


def test_after_an_hour_of_silence_an_empty_block_shows_that_the_sealer_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _write()
    _seal()
    later = clock.now() + sealing.HEARTBEAT + timedelta(minutes=1)
    monkeypatch.setattr(sealing, "now", lambda: later)
    assert _seal().entries == 0
    assert verify().is_sound


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit_entry SET detail = '{\"rows\": 9}' WHERE subject_id = 1", "was changed"),
        ("UPDATE audit_entry SET actor = 'Somebody' WHERE subject_id = 1", "was changed"),
        ("DELETE FROM audit_entry WHERE subject_id = 1", "sealed 4 entries, and there are 3"),
        ("UPDATE audit_entry SET subject_id = 1 - subject_id WHERE subject_id < 2", "was changed"),
        (
            "INSERT INTO audit_entry (actor, event, subject_type, detail, tx)"
            " SELECT actor, event, subject_type, detail, tx FROM audit_entry LIMIT 1",
            "sealed 4 entries, and there are 5",
        ),
        (
            "INSERT INTO audit_entry (actor, event, subject_type, detail, tx)"
            " VALUES ('x', 'X', 'x', '{}', 2^62)",
            "a transaction that has not been yet",
        ),
        ("UPDATE audit_block SET entries = 3", "it was changed"),
        ("UPDATE audit_block SET sealed_at = now()", "it was changed"),
        ("DELETE FROM audit_block", "cut off"),
    ],
)
def test_who_goes_round_kith_in_the_database_is_seen(
    sql: Callable[..., None], statement: str, sentence: str
) -> None:
    _write(4)
    _seal()
    sql(statement)
    verdict = verify()
    assert not verdict.is_sound
    assert sentence in verdict.trouble


def test_cutting_off_the_newest_blocks_is_seen_by_the_heads_outside(
    sql: Callable[..., None], heads_file: Path
) -> None:
    for _ in range(3):
        _write()
        _seal()
    kept_elsewhere = heads_file.read_text()
    sql("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")
    sql("DELETE FROM audit_block WHERE number = 3")
    assert "cut off" in verify().trouble
    # Whoever cuts the heads file too is still seen by any head that was kept elsewhere.
    heads_file.write_text("".join(kept_elsewhere.splitlines(keepends=True)[:2]))
    assert verify().is_sound
    last = heads.read(kept_elsewhere.splitlines()[-1])
    assert verify(head=last).block == 3


def test_a_head_that_was_changed_or_is_of_another_kith_is_refused(heads_file: Path) -> None:
    _write()
    _seal()
    said = json.loads(heads_file.read_text())
    for change in ({"entries": 7}, {"installation": "0" * 16}, {"signature": "00" * 64}, {"signature": "x"}):
        heads_file.write_text(json.dumps({**said, **change}, sort_keys=True) + "\n")
        assert not verify().is_sound
    heads_file.write_text('{"number": 1}\n')
    assert verify().trouble == "this is no head of a journal"


def test_a_head_that_a_loss_of_power_cut_short_is_written_again(heads_file: Path) -> None:
    _write()
    _seal()
    with heads_file.open("a") as file:
        file.write('{"at": 1790000000, "ent')
    _write()
    _seal()
    assert verify().heads == 2


def test_heads_hold_no_names(heads_file: Path) -> None:
    _write()
    _seal()
    assert OVERNIGHT.name not in heads_file.read_text()
    assert set(json.loads(heads_file.read_text())) == set(heads._KINDS)


def test_entries_written_while_others_wait_come_into_a_block_once_in_whatever_order_they_commit() -> None:
    """Two writers; the one that began first commits last, and a sealer goes over both."""
    first_wrote, second_committed = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            journal.record("SourceAdded", by=OVERNIGHT, subject_type="source", subject_id=1)
            first_wrote.set()
            assert second_committed.wait(10)
        connections.close_all()

    def quick() -> None:
        assert first_wrote.wait(10)
        _write_now(event="SourcePaused")
        connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(slow)
        threads.submit(quick).result(10)
        block = seal_waiting()
        assert block is not None, "the first block is always due"
        assert block.entries == 0, "the transaction that still runs began before both"
        assert verify().waiting == 1
        second_committed.set()
        waiting.result(10)
    assert _seal().entries == 2
    verdict = verify()
    assert verdict.is_sound
    assert verdict.entries == Entry.objects.count() == 2


def test_many_writers_and_two_sealers_make_one_chain() -> None:
    def write(number: int) -> None:
        for _ in range(8):
            _write_now(1 + number)
        connections.close_all()

    def seal() -> None:
        for _ in range(12):
            seal_waiting()
        connections.close_all()

    with ThreadPoolExecutor(5) as threads:
        for done in [
            *(threads.submit(write, n) for n in range(3)),
            *(threads.submit(seal) for _ in range(2)),
        ]:
            done.result(60)
    wait_until_what_is_written_can_be_sealed()
    seal_waiting()
    verdict = verify()
    assert verdict.is_sound, verdict.trouble
    assert verdict.entries == Entry.objects.count() == 8 * (1 + 2 + 3)
    assert sum(Block.objects.values_list("entries", flat=True)) == verdict.entries


def test_a_sealer_killed_before_any_of_its_statements_leaves_a_chain_that_goes_on(heads_file: Path) -> None:
    _write(2)
    wait_until_what_is_written_can_be_sealed()
    statement, step = 1, 1 if "KITH_LONG_TESTS" in os.environ else 4
    while (code := ended("tests.audit.killed_sealer", str(statement), str(heads_file))) == KILLED:
        wait_until_released()
        assert verify().is_sound
        statement += step
    assert code == 0
    assert statement > 8, "it was killed several times on its way"
    assert verify().entries == 2
    _write()
    _seal()
    verdict = verify()
    assert verdict.is_sound
    assert verdict.entries == 3


def test_after_a_restore_the_chain_goes_on_and_says_what_was_set_aside(
    sql: Callable[..., None], heads_file: Path
) -> None:
    for _ in range(3):
        _write()
        _seal()
    # A backup of after block 1, restored: blocks 2 and 3 are gone, and so is what came last.
    sql("DELETE FROM audit_block WHERE number > 1")
    sql("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")
    # In another cluster the numbers of transactions are others: these are far above what it will count to.
    sql("UPDATE audit_entry SET tx = 4611686018427387904 WHERE id = (SELECT max(id) FROM audit_entry)")
    assert not verify().is_sound
    begin_epoch()
    assert verify().is_sound
    _write(2)
    _seal()
    verdict = verify()
    assert verdict.is_sound, verdict.trouble
    assert verdict.set_aside == 2
    assert verdict.entries == 4
    assert Block.objects.order_by("-number")[0].epoch == 1


def test_killed_right_after_the_commit_of_an_epoch_no_head_says_that_blocks_were_cut_off(
    sql: Callable[..., None], heads_file: Path
) -> None:
    for _ in range(2):
        _write()
        _seal()
    sql("DELETE FROM audit_block WHERE number > 1")
    sql("DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing.transaction, "on_commit", lambda _work: None)
        begin_epoch()
    verdict = verify()
    assert verdict.is_sound, verdict.trouble
    lines = heads_file.read_bytes()
    begin_epoch()
    assert heads_file.read_bytes().startswith(lines)
    assert verify().set_aside == 1, "said once, however often it is begun"


def test_in_another_cluster_a_new_epoch_begins_by_itself(sql: Callable[..., None]) -> None:
    _write(2)
    _seal()
    sealed = Block.objects.get()
    assert sealed.cluster != 0, "the embedded database says which it is"
    elsewhere = heads.head_of(sealed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "_cluster", lambda: 7)
        _write()
        _seal()
        verdict = verify(head=elsewhere)
        assert verdict.is_sound, verdict.trouble
        assert (verdict.blocks, verdict.entries) == (3, 3)


def test_the_chain_stays_right_when_a_contacts_traces_are_erased_elsewhere() -> None:
    """Entries keep numbers only, so nothing of them changes; the database refuses it if somebody tried."""
    with transaction.atomic():
        journal.record("ContactViewed", by=OVERNIGHT, subject_type="contact", subject_id=5, group_id=5)
    _seal()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE audit_entry SET group_id = NULL")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM audit_block")
    assert verify().is_sound


def test_the_night_verifies_what_is_new_and_a_week_the_whole(sql: Callable[..., None]) -> None:
    _write(2)
    assert watching.watch(whole=False).entries == 2
    _write(3)
    assert watching.watch(whole=False).entries == 4, "three, and that it was verified"
    sql("UPDATE audit_entry SET event = 'Nothing' WHERE id = (SELECT min(id) FROM audit_entry)")
    assert watching.watch(whole=False).is_sound, "the night looks at what is new"
    assert not watching.watch(whole=True).is_sound
    case = Case.objects.get()
    assert case.kind == "journal"
    assert (
        case.title
        == "The audit log is not right from block 1: an entry in it was changed after it was sealed"
    )
    watching.watch(whole=True)
    assert Case.objects.count() == 1, "one case while it is not resolved"


def test_blocks_cut_off_since_the_last_night_are_seen_without_any_head(
    sql: Callable[..., None], heads_file: Path
) -> None:
    _write()
    _seal()
    _write()
    assert watching.watch(whole=False).newest == 2
    sql("DELETE FROM audit_block WHERE number = 2")
    heads_file.unlink()
    verdict = verify(since=watching.verified_upto() + 1)
    assert verdict.trouble == "there is no such block"


def test_the_command_says_whether_it_holds(
    sql: Callable[..., None], heads_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(3)
    call_command("verify-journal", head=None)
    assert "The journal holds: 1 blocks with 3 entries" in capsys.readouterr().out
    call_command("verify-journal", head=heads_file)
    sql("DELETE FROM audit_entry WHERE subject_id = 0")
    with pytest.raises(SystemExit) as ended_with:
        call_command("verify-journal")
    assert ended_with.value.code == 1
    assert "NOT RIGHT, from block 1 on: it sealed 3 entries" in capsys.readouterr().out


def test_the_command_refuses_a_file_without_a_head(tmp_path: Path) -> None:
    (tmp_path / "none").write_text("nothing here")
    with pytest.raises(CommandError, match="no head of a journal"):
        call_command("verify-journal", head=tmp_path / "none")
