"""A key per System Ref: made on first need, destroyed for good, wrapped anew while what it sealed stays."""

from __future__ import annotations

import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.audit import journal
from kith.audit.models import Entry
from kith.kernel.errors import NotAllowed, Refused
from kith.vault import actions, details, keys, master_keys
from kith.vault.details import ValueChange
from kith.vault.keys import MasterKeyMissing, destroy
from kith.vault.master_keys import BadMasterKeys
from kith.vault.models import DataKey, SealedDetail
from kith.vault.sealing import (
    Destroyed,
    NotOpened,
    Sealed,
    open_,
    open_blocks,
    open_many,
    seal,
    seal_blocks,
)

pytestmark = pytest.mark.django_db


def test_a_key_is_made_on_first_need_and_kept(master_key_file: Path) -> None:
    assert not DataKey.objects.exists()
    one, two = seal(7, b"x", "a"), seal(7, b"y", "b")
    assert DataKey.objects.count() == 1
    assert (open_(7, one, "a"), open_(7, two, "b")) == (b"x", b"y")
    assert stat.S_IMODE(master_key_file.stat().st_mode) == 0o600


def test_what_one_system_ref_sealed_no_other_opens() -> None:
    sealed, _ = seal(7, b"x", "a"), seal(8, b"x", "a")
    with pytest.raises(NotOpened):
        open_(8, sealed, "a")
    with pytest.raises(NotOpened):
        open_(9, sealed, "a")


def test_a_data_key_does_not_open_in_the_row_of_another() -> None:
    sealed = seal(7, b"x", "a")
    seal(8, b"x", "a")
    mine = DataKey.objects.get(record_id=7)
    DataKey.objects.filter(record_id=8).update(wrapped=mine.wrapped)
    with pytest.raises(NotOpened):
        open_(8, sealed, "a")


def test_after_destroying_nothing_opens_and_nothing_is_sealed_again() -> None:
    short, stream = seal(7, b"x", "a"), b"".join(seal_blocks(7, [b"y" * 100_000], "f"))
    kept = seal(8, b"z", "a")
    assert destroy([7, 7, 9]) == 1
    for attempt in (
        lambda: open_(7, short, "a"),
        lambda: b"".join(open_blocks(7, [stream], "f")),
        lambda: seal(7, b"again", "a"),
        lambda: seal(9, b"never had a key", "a"),
    ):
        with pytest.raises(Destroyed):
            attempt()
    assert open_(8, kept, "a") == b"z"
    row = DataKey.objects.get(record_id=7)
    assert (row.wrapped, row.master_version) == (None, None)
    assert row.destroyed_at is not None
    assert destroy([7]) == 0


def test_destroying_is_part_of_its_transaction() -> None:
    sealed = seal(7, b"x", "a")
    with transaction.atomic():
        destroy([7])
        transaction.set_rollback(True)
    assert open_(7, sealed, "a") == b"x"


def test_many_are_opened_with_one_query() -> None:
    sealed = [Sealed(n, seal(n, b"text %d" % n, "a"), "a") for n in range(1, 30)]
    destroy([5])
    with CaptureQueriesContext(connection) as asked:
        opened = open_many(sealed)
    assert len(asked) == 1
    assert opened == [None if n == 5 else b"text %d" % n for n in range(1, 30)]


@given(st.lists(st.sampled_from(["seal", "rotate", "rewrap", "destroy", "forget"]), max_size=12), st.data())
@examples(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happens_to_master_keys_everything_that_was_not_destroyed_opens(
    steps: list[str], data: st.DataObject
) -> None:
    """A rotation may be cut off anywhere: `rewrap` does some of it."""
    DataKey.objects.all().delete()
    sealed: dict[int, bytes] = {}
    for step in steps:
        if step == "seal":
            record_id = data.draw(st.integers(1, 6))
            if not DataKey.objects.filter(record_id=record_id, destroyed_at__isnull=False).exists():
                sealed[record_id] = seal(record_id, b"text %d" % record_id, "a")
        elif step == "rotate":
            actions.begin_rotation(actor=COMMAND_LINE)
        elif step == "rewrap":
            actions.rewrap_some(actor=COMMAND_LINE, most=2)
        elif step == "destroy" and sealed:
            gone = data.draw(st.sampled_from(sorted(sealed)))
            destroy([gone])
            del sealed[gone]
        elif step == "forget":
            try:
                actions.forget_old_master_keys(actor=COMMAND_LINE)
            except Refused:
                assert (
                    len(set(DataKey.objects.filter(wrapped__isnull=False).values_list("master_version"))) > 0
                )
    assert all(open_(pk, body, "a") == b"text %d" % pk for pk, body in sealed.items())


def test_a_rotation_wraps_all_goes_on_where_it_stopped_and_forgets_when_told(master_key_file: Path) -> None:
    sealed = {n: seal(n, b"text %d" % n, "a") for n in range(1, 8)}
    before = master_key_file.read_text()
    assert actions.begin_rotation(actor=COMMAND_LINE) == 2
    assert actions.rewrap_some(actor=COMMAND_LINE, most=3) == 3
    with pytest.raises(Refused, match="finish the rotation"):
        actions.forget_old_master_keys(actor=COMMAND_LINE)
    said = StringIO()
    call_command("rotate-keys", "--forget-old", stdout=said)
    assert "4 data keys" in said.getvalue()
    assert set(DataKey.objects.values_list("master_version", flat=True)) == {2}
    assert before.strip() not in master_key_file.read_text()
    assert stat.S_IMODE(master_key_file.stat().st_mode) == 0o600
    assert all(open_(n, body, "a") == b"text %d" % n for n, body in sealed.items())
    assert list(Entry.objects.order_by("pk").values_list("event", flat=True)) == [
        "MasterKeyAdded",
        "MasterKeysForgotten",
    ]


def test_a_backup_of_before_opens_no_more_once_its_master_key_is_forgotten() -> None:
    sealed = seal(7, b"x", "a")
    backup = DataKey.objects.get(record_id=7)
    destroy([7])
    call_command("rotate-keys", "--forget-old", stdout=StringIO())
    DataKey.objects.filter(record_id=7).delete()
    backup.save(force_insert=True)
    with pytest.raises(MasterKeyMissing):
        open_(7, sealed, "a")


def test_the_master_key_may_come_from_the_environment(settings: Settings, master_key_file: Path) -> None:
    first, second = master_keys.new_line(1), master_keys.new_line(2)
    settings.MASTER_KEY = first.partition(":")[2]
    sealed = seal(7, b"x", "a")
    settings.MASTER_KEY = f"{second},{first}"
    call_command("rotate-keys", stdout=StringIO())
    with pytest.raises(Refused, match="take the old versions out"):
        call_command("rotate-keys", "--forget-old", stdout=StringIO())
    settings.MASTER_KEY = second
    assert open_(7, sealed, "a") == b"x"
    assert not master_key_file.exists()


@pytest.mark.parametrize("given", ["short", "1:" + "A" * 42, "0:" + "A" * 43, "x:" + "A" * 43, "€"])
def test_a_master_key_that_is_none_is_refused_and_not_repeated(settings: Settings, given: str) -> None:
    settings.MASTER_KEY = given
    with pytest.raises(BadMasterKeys) as refusal:
        seal(7, b"x", "a")
    assert given not in str(refusal.value)


def test_the_same_version_twice_is_refused(settings: Settings) -> None:
    settings.MASTER_KEY = f"{master_keys.new_line(1)},{master_keys.new_line(1)}"
    with pytest.raises(BadMasterKeys):
        master_keys.master_keys()


def test_only_who_may_change_settings_rotates() -> None:
    for action in (actions.begin_rotation, actions.rewrap_some, actions.forget_old_master_keys):
        with pytest.raises(NotAllowed):
            action(actor=OVERNIGHT)


def test_details_of_a_change_are_sealed_beside_its_entry_and_gone_with_the_key() -> None:
    with transaction.atomic():
        entry = journal.record(
            "GoldenOverrideMade", by=COMMAND_LINE, subject_type="golden_override", group_id=1
        )
        changes = [ValueChange("last_name", "Leeson", "Λαμπρού"), ValueChange("title", "Ms", "Ms")]
        details.keep(entry, record_id=7, changes=changes)
    assert b"Leeson" not in bytes(SealedDetail.objects.get().body)
    with CaptureQueriesContext(connection) as asked:
        assert details.changes_of([entry.pk, 0]) == {
            entry.pk: (ValueChange("last_name", "Leeson", "Λαμπρού"),)
        }
    assert len(asked) == 2
    destroy([7])
    assert details.changes_of([entry.pk]) == {}


def test_what_did_not_change_is_not_kept() -> None:
    with transaction.atomic():
        entry = journal.record("GoldenOverrideMade", by=COMMAND_LINE, subject_type="golden_override")
        details.keep(entry, record_id=7, changes=[ValueChange("title", "Ms", "Ms")])
    assert not SealedDetail.objects.exists()
    assert not DataKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_need_a_key_first_at_the_same_moment_get_one() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    def work(number: int) -> bytes:
        try:
            return seal(7, b"text %d" % number, "a")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        sealed = list(threads.map(work, range(8)))
    assert [open_(7, body, "a") for body in sealed] == [b"text %d" % n for n in range(8)]
    assert keys.key_for_opening(7)
