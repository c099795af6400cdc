"""A backup holds the accounts that Kith keeps itself, sealed; a second installation opens and finds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.backups import actions as backups
from kith.sso import actions
from kith.sso.sealing import Words
from tests.backups.second import Second
from tests.sso.conftest import set_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> None:
    for name in ("ERASURE_LEDGER", "JOURNAL_HEADS", "ATTACHMENT_FOLDER", "IMPORT_FOLDER"):
        setattr(settings, name, tmp_path / name.lower())


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Second]:
    made = Second.make(tmp_path / "second")
    yield made
    made.drop()


def test_a33_accounts_come_back_from_a_backup(tmp_path: Path, second: Second) -> None:
    set_up(source="", is_built_in=True)
    words = Words(sso_id="dora-7", last_name="Marlowe", linked=(("TICKETING", "T-100482"),))
    actions.add_account(actor=COMMAND_LINE, words=words)
    path = backups.make_backup(actor=COMMAND_LINE, path=tmp_path / "monday.kith").path
    actions.delete_account(actor=COMMAND_LINE, sso_id="dora-7")

    restored = second.run("restore", str(path), "--ledger-of-backup")

    assert restored.returncode == 0, restored.stdout + restored.stderr
    told = second.run("T-100482", module="tests.sso.accounts_there")
    assert (told.returncode, told.stdout) == (0, "dora-7 Marlowe"), told.stderr
    assert b"Marlowe" not in path.read_bytes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sso_ssoaccount")
        assert cursor.fetchall() == [(0,)]
