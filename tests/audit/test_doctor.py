"""What `kith doctor` says of the audit log."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from kith.access.actors import OVERNIGHT
from kith.audit import journal
from kith.audit.chain.sealing import seal_waiting
from kith.config import checkup, journal_check
from kith.config.checkup import Finding, Level
from kith.kernel import clock
from tests.locks import wait_until_what_is_written_can_be_sealed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def heads_file(settings: Settings, tmp_path: Path) -> Path:
    settings.JOURNAL_HEADS = tmp_path / "journal-heads"
    return tmp_path / "journal-heads"


def _said() -> Finding:
    return next(finding for finding in checkup.examine() if finding.what == "audit log")


def _write() -> None:
    with transaction.atomic():
        journal.record("SourceAdded", by=OVERNIGHT, subject_type="source")


def test_it_says_how_far_the_audit_log_is_sealed(settings: Settings) -> None:
    _write()
    wait_until_what_is_written_can_be_sealed()
    seal_waiting()
    assert (_said().level, _said().says, _said().then) == (Level.OK, "sealed up to block 1, 1 entries", "")
    settings.JOURNAL_HEADS = Path(settings.HOME) / "journal-heads-of-this-test"
    assert "another disk" in _said().then


def test_blocks_that_were_cut_off_are_a_failure() -> None:
    _write()
    wait_until_what_is_written_can_be_sealed()
    seal_waiting()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM audit_block")
    assert _said().level is Level.FAIL
    assert _said().says == "the heads file knows block 1, the database ends at 0"


def test_a_heads_file_that_somebody_wrote_into_is_a_failure(heads_file: Path) -> None:
    heads_file.write_text('{"number": 5}\n')
    assert _said().level is Level.FAIL


def test_a_sealer_that_does_not_come_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    _write()
    later = clock.now() + timedelta(hours=3)
    monkeypatch.setattr(journal_check, "now", lambda: later)
    assert "is not sealed yet" in _said().says
    wait_until_what_is_written_can_be_sealed()
    seal_waiting()
    assert (_said().level, _said().says.startswith("last sealed")) == (Level.WARN, True)
