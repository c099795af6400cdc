"""Killed anywhere: a row has its files, and a file without a row is swept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from kith.access.actors import COMMAND_LINE
from kith.attachments import actions, stored, sweeping
from kith.attachments.actions import Filing
from kith.attachments.models import Attachment, StoredFile
from kith.kernel.clock import now
from tests.attachments import files
from tests.contacts import factories
from tests.locks import wait_until_released
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def killed(step: int, what: str, which: int) -> bool:
    """False: it came to its end before."""
    folder, key = str(settings.ATTACHMENT_FOLDER), str(settings.MASTER_KEY_FILE)
    return ended("tests.attachments.killed_upload", str(step), what, folder, key, str(which)) == KILLED


def check_and_sweep(folder: Path) -> None:
    wait_until_released()
    for file in StoredFile.objects.all():
        assert len(b"".join(stored.opened(file))) == file.size
        assert Attachment.objects.filter(file=file).exists()
    sweeping.sweep(before=now() + timedelta(minutes=1))
    named = set(StoredFile.objects.values_list("key", flat=True))
    assert {path.name for path in folder.rglob("*") if path.is_file()} == named


@pytest.mark.parametrize("step", [3, 9, 15, 19, 40])
def test_an_upload_killed_anywhere_is_whole_or_was_not(attachment_folder: Path, step: int) -> None:
    contact = factories.person()
    before = actions.attach_file(
        actor=COMMAND_LINE, contact_id=contact.pk, given=files.given("a.txt", b"first"), filing=Filing()
    )
    was_killed = killed(step, "attach", contact.pk)
    check_and_sweep(attachment_folder)
    assert Attachment.objects.filter(pk=before.pk).exists()
    assert Attachment.objects.count() == (1 if was_killed else 2)


@pytest.mark.parametrize("step", [6, 10, 40])
def test_a_deletion_killed_anywhere_leaves_no_row_without_its_file(
    attachment_folder: Path, step: int
) -> None:
    contact = factories.person()
    made = actions.attach_file(
        actor=COMMAND_LINE, contact_id=contact.pk, given=files.given("a.txt", b"first"), filing=Filing()
    )
    was_killed = killed(step, "delete", made.pk)
    check_and_sweep(attachment_folder)
    assert was_killed or not Attachment.objects.exists()
