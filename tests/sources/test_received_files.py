"""Received files are sealed, each under its own key, and go in time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE, IMPORTER, PRIVACY_ENGINE, Actor
from kith.access.models import User
from kith.audit.models import Entry
from kith.config.checkup import Level, examine
from kith.kernel import clock
from kith.kernel.errors import NotAllowed, Refused
from kith.sources import actions, storage
from kith.sources.models import Import, SourceSystem
from kith.sources.queries import header_lines
from kith.sources.received import actions as received
from kith.sources.tasks import tidy_received_files
from tests.sources.conftest import Importer

pytestmark = pytest.mark.django_db
CLIENTS = "Ref,First name,Last name\nT-1,Dora,Marlowe\n"
MARLOWE = b"Marlowe"


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def lay_plain(job: Import, text: str = CLIENTS) -> Path:
    """As files lay before they were sealed."""
    storage.remove(job.stored_name)
    name = f"{job.pk:032d}"
    path = storage.folder() / name
    path.write_text(text, encoding="utf-8")
    Import.objects.filter(pk=job.pk).update(stored_name=name, sealed_key=None)
    job.refresh_from_db()
    return path


def ended(job: Import, *, days_ago: int) -> None:
    at = clock.now() - timedelta(days=days_ago)
    Import.objects.filter(pk=job.pk).update(finished_at=at, created_at=at)


def test_a_received_file_shows_nothing_on_the_disk_and_is_read_from_the_page(
    take_in: Importer, import_folder: Path
) -> None:
    job = take_in(CLIENTS)
    assert (job.state, job.new_count) == ("done", 1)
    assert MARLOWE not in on_disk(import_folder)
    assert header_lines(job)[2].samples == ("Marlowe",)


def test_the_key_destroyed_the_file_is_nothing_to_anybody(take_in: Importer) -> None:
    job = take_in(CLIENTS)
    other = take_in(CLIENTS.replace("Dora", "Ann"))
    Import.objects.filter(pk=job.pk).update(sealed_key=other.sealed_key)
    job.refresh_from_db()
    with pytest.raises(Refused, match="damaged"):
        storage.received(job)


def test_a_file_that_was_changed_on_the_disk_is_refused(take_in: Importer, import_folder: Path) -> None:
    job = take_in(CLIENTS)
    path = import_folder / job.stored_name
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))
    with pytest.raises(Refused, match="damaged"):
        storage.received(job).open().read()


@settings(max_examples=25)
@given(blocks=st.lists(st.binary(max_size=200_000), max_size=4), size=st.integers(1, 300_000))
def test_what_is_read_is_what_was_received(
    blocks: list[bytes], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = storage.keep(blocks)
    try:
        with storage.opened(kept.stored_name, kept.sealed_key).open() as file:
            assert b"".join(iter(lambda: file.read(size), b"")) == b"".join(blocks)
    finally:
        storage.remove(kept.stored_name)


def test_files_that_lie_plain_go_on_working_and_the_night_seals_them(
    take_in: Importer, import_folder: Path
) -> None:
    job = take_in(CLIENTS)
    path = lay_plain(job)
    assert header_lines(job)[2].samples == ("Marlowe",)
    assert [one.says for one in examine() if one.what == "import files"] == ["1 lie unsealed"]
    assert received.seal_plain_files(actor=IMPORTER) == 1
    job.refresh_from_db()
    assert not path.exists()
    assert MARLOWE not in on_disk(import_folder)
    assert header_lines(job)[2].samples == ("Marlowe",)
    assert [one.level for one in examine() if one.what == "import files"] == [Level.OK]
    assert received.seal_plain_files(actor=IMPORTER) == 0


@pytest.mark.django_db(transaction=True)
def test_the_job_of_the_night_seals_and_notes_it(take_in: Importer, import_folder: Path) -> None:
    """Nothing around a job opens a transaction."""
    lay_plain(take_in(CLIENTS))
    tidy_received_files(timestamp=0)
    assert Entry.objects.get(event="ImportFilesSealed").detail == {"files": 1}
    assert MARLOWE not in on_disk(import_folder)


def test_a_file_in_use_is_sealed_another_night(take_in: Importer) -> None:
    job = take_in(CLIENTS)
    path = lay_plain(job)
    Import.objects.filter(pk=job.pk).update(state=Import.State.RUNNING)
    assert received.seal_plain_files(actor=IMPORTER) == 0
    assert path.exists()


def test_old_files_go_with_their_keys_and_their_imports_say_so(
    take_in: Importer,
    import_folder: Path,
    administrator: User,
    client_of: Callable[[User], Client],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    old, new = take_in(CLIENTS), take_in(CLIENTS.replace("T-1", "T-2"))
    ended(old, days_ago=8)
    with pytest.raises(NotAllowed):
        received.remove_old_files(actor=Actor("Anybody", frozenset()), before=clock.now())
    assert received.remove_old_files(actor=IMPORTER, before=clock.now() - timedelta(days=9)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert received.remove_old_files(actor=IMPORTER, before=clock.now() - timedelta(days=7)) == 1
    old.refresh_from_db()
    assert (old.stored_name, old.sealed_key, old.file_gone) == ("", None, "old")
    assert [path.name for path in import_folder.iterdir()] == [new.stored_name]
    page = client_of(administrator).get(reverse("imports:detail", args=(old.pk,)))
    assert "Its file was removed" in page.text


def test_what_a_kill_left_goes_after_a_day(take_in: Importer, import_folder: Path) -> None:
    job = take_in(CLIENTS)
    fresh, old = storage.keep([b"a"]), storage.keep([b"b"])
    yesterday = time.time() - 2 * 86_400
    for name in (old.stored_name, job.stored_name):
        os.utime(import_folder / name, (yesterday, yesterday))
    assert received.remove_stray_files(actor=IMPORTER) == 1
    assert {path.name for path in import_folder.iterdir()} == {job.stored_name, fresh.stored_name}


def test_with_somebody_who_was_anonymised_the_file_goes_and_its_page_says_so(
    take_in: Importer, import_folder: Path, administrator: User, client_of: Callable[[User], Client]
) -> None:
    job = take_in(CLIENTS)
    name = job.stored_name
    with pytest.raises(NotAllowed):
        received.remove_file_with_erased(actor=IMPORTER, stored_name=name)
    Import.objects.filter(pk=job.pk).update(state=Import.State.RUNNING)
    assert not received.remove_file_with_erased(actor=PRIVACY_ENGINE, stored_name=name)
    Import.objects.filter(pk=job.pk).update(state=Import.State.FAILED)
    assert received.remove_file_with_erased(actor=PRIVACY_ENGINE, stored_name=name)
    assert list(import_folder.iterdir()) == []
    job.refresh_from_db()
    assert (job.sealed_key, job.file_gone) == (None, "erased")
    page = client_of(administrator).get(reverse("imports:detail", args=(job.pk,))).text
    assert "somebody in it was anonymised" in page
    with pytest.raises(Refused, match="anonymised"):
        actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)


def test_a_file_too_large_leaves_nothing(
    source: SourceSystem, import_folder: Path, settings: LazySettings
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 10
    with pytest.raises(Refused, match="larger than"):
        storage.keep([b"12345678", b"12345678"])
    assert list(import_folder.iterdir()) == []
