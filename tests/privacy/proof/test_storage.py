"""Level 2: not a byte is left on the disk, below the rows either."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.access.models import User
from kith.contacts.models import Contact
from kith.jobs import progress
from kith.notes import actions as notes
from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.privacy.proof import steps as proof_steps
from kith.privacy.proof import storage
from kith.privacy.proof.actions import scrub_storage
from kith.privacy.proof.storage_settings import Storage, When, storage_in_force
from kith.runs.steps import StepContext
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

POSTGRES = Path(settings.HOME) / "postgres"
embedded = pytest.mark.skipif(
    not POSTGRES.is_dir(), reason="the data folder of this server is not ours to read"
)
BELOW_THE_ROWS = frozenset({"base", "pg_wal"})
MARKERS = {
    "first_name": "Qwyxannika",
    "last_name": "Zvorgonesdottir",
    "email_1": "qwyx.zvor@example.org",
    "address_1_line1": "7719 Wolkenzugstrasse",
}
NOTE = "Wxyzzy spoke of the flokkenheim matter"


def byte_scan(*, without: frozenset[str] = frozenset()) -> set[str]:
    """Files of the whole data folder that hold one of the markers."""
    markers = [text.lower().encode() for text in (*MARKERS.values(), NOTE)]
    return {
        str(path.relative_to(settings.HOME))
        for path in Path(settings.HOME).rglob("*")
        if path.is_file() and not without.intersection(path.parts)
        if _holds(path.read_bytes().lower(), markers)
    }


def _holds(read: bytes, markers: list[bytes]) -> bool:
    return any(marker in read for marker in markers)


@embedded
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_promise_10_no_byte_of_an_anonymised_person_is_left_on_the_disk() -> None:
    allow()
    anna = factories.person(**MARKERS)
    other = factories.person("Paul", "Stayswithus")
    notes.add_note(actor=COMMAND_LINE, contact_id=anna.pk, text=NOTE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    erasure = order(anna)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE, erasure.trouble
    assert byte_scan(without=BELOW_THE_ROWS) == set()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    assert byte_scan(), "below the rows it is there still, or this test looks at nothing"
    call_command("scrub-storage")
    erasure.refresh_from_db()
    assert erasure.storage_at is not None
    assert byte_scan() == set()
    assert Contact.objects.get(pk=other.pk).name == "Paul Stayswithus"


@embedded
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_table_in_use_is_left_and_the_next_time_taken() -> None:
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE notes_note IN ACCESS SHARE MODE")
        done = scrub_storage(actor=COMMAND_LINE)
    finally:
        other.rollback()
        other.close()
    assert done.busy == ("notes_note",)
    assert not done.is_complete
    assert scrub_storage(actor=COMMAND_LINE).is_complete


@embedded
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_where_the_server_keeps_its_log_the_tables_are_rewritten_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow()
    erasure = order(factories.eleni())
    steps.carry_on([erasure.uid])
    context = StepContext(
        run_id=0, actor=OVERNIGHT, tracker=progress.start("test", 1, label="Test", unit=""), approved=False
    )
    with monkeypatch.context() as patched:
        patched.setattr(storage, "turn_the_log", lambda: "segments are archived")
        assert proof_steps.storage(context)["tables_rewritten"] > 10
        assert proof_steps.storage(context)["tables_rewritten"] == 0
    assert [sentence.endswith("segments are archived.") for sentence in context.said] == [True, True]
    erasure.refresh_from_db()
    assert erasure.tables_at is not None
    assert erasure.storage_at is None
    assert proof_steps.storage(context)["tables_rewritten"] == 0
    erasure.refresh_from_db()
    assert erasure.storage_at is not None
    assert len(context.said) == 2


@pytest.mark.django_db
def test_when_the_storage_is_rewritten_is_a_setting(
    client_of: Callable[[User], Client], administrator: User, agent: User
) -> None:
    address = reverse("proof:storage")
    assert client_of(agent).get(address).status_code == 403
    client = client_of(administrator)
    assert "Rewrite the storage" in client.get(address).text
    assert storage_in_force() == Storage(When.NIGHTLY, 2048)
