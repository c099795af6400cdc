"""C44, the logs: Kith writes to the console only, and no line of it names a person, whatever is done with
them and whatever fails. A log collector gets what else hangs on a record too: its arguments and extras.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from kith.access.models import User
from kith.contacts.models import Contact
from kith.golden.overrides import state_of
from kith.privacy.models import Certificate, Erasure
from kith.privacy.tasks import ask_to_carry_on
from kith.sources.models import Import, RejectedRow, SourceRecord
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow
from tests.privacy.test_rows import dump
from tests.privacy.test_whole import kept_files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
State = Erasure.State
RAISED: Final = "P0001"
CANCELLED: Final = "57014"
"""Which Django calls an OperationalError: the job ends with it, and the worker logs it."""


@contextmanager
def refused_by_the_database(table: str, *, code: str) -> Iterator[None]:
    """Each statement that writes a row there; it quotes the row, as where a constraint fails."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION quotes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'"
            f" USING ERRCODE = '{code}', DETAIL = coalesce(to_jsonb(OLD), to_jsonb(NEW)); END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER quotes BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION quotes()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION quotes CASCADE")


class Lines(logging.Handler):
    """What the console shows, and what hangs on each record beside it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        (console,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
        self.setFormatter(console.formatter)
        self.of: list[tuple[str, str]] = []
        """(logger, everything that is said)."""
        self.raised: list[str] = []
        """The texts of exceptions, which nobody may read."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.raised += [str(error)] if error is not None else []
        # Whatever another handler made of the exception is not the console's.
        fresh = logging.makeLogRecord({**record.__dict__, "exc_text": None})
        beside = {name: one for name, one in record.__dict__.items() if name not in {"exc_info", "exc_text"}}
        self.of.append((record.name, f"{self.format(fresh)}\n{beside!r}"))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    """Of every logger, Kith's own and those of libraries, down to DEBUG."""
    handler = Lines()
    logging.getLogger().addHandler(handler)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="kith"):
        yield handler
    logging.getLogger().removeHandler(handler)


def _phone(word: str) -> str:
    return f"99{int(word[2:10], 16) % 10**6:06d}"


def _send_file(client: Client, word: str) -> Import:
    text = (
        "Number,First name,Last name,E-mail,Phone,Street\n"
        f"{word}-7,Ann,{word},{word}@example.org,{_phone(word)},12 {word} Street\n"
        f",Ann,{word},second-{word}@example.org,,\n"
    )
    fields = ("system_ref", "first_name", "last_name", "email_1", "phone_1", "address_1_line1")
    client.post(
        reverse("imports:add"),
        {
            "source": factories.source().pk,
            "kind": "contacts",
            "file": SimpleUploadedFile(f"{word}.csv", text.encode()),
        },
    )
    job = Import.objects.latest("pk")
    client.post(
        reverse("imports:mapping", args=[job.pk]),
        {f"field-{place}": name for place, name in enumerate(fields)},
    )
    assert client.post(reverse("imports:start", args=[job.pk])).status_code == 302
    return job


def _work_with(client: Client, contact: Contact, word: str) -> None:
    """Looked for, edited, refused, written about, filed under."""
    for page in ("contacts:suggest", "contacts:search"):
        assert client.post(reverse(page), {"q": word}).status_code in {200, 302}
    name = f"/golden-values/{contact.pk}/name/"
    given = {
        "first_name": "Nora",
        "last_name": f"{word} Reid",
        "mode": "pinned",
        "seen": state_of(contact, "name"),
    }
    assert client.post(name, {**given, "mode": word}).status_code == 422
    assert client.post(name, given).status_code == 302
    note = reverse("notes:add", args=[contact.pk])
    assert client.post(note, {"text": f"{word} rang"}).status_code == 302
    file = SimpleUploadedFile(f"{word}.pdf", f"%PDF-1.7 {word}, which is no PDF".encode())
    attached = client.post(
        reverse("attachments:upload", args=[contact.pk]),
        {"chosen": file, "class_code": "CONTRACT", "note": word},
    )
    assert attached.status_code in {302, 422}


def test_c44_no_line_of_the_logs_names_a_person_from_the_import_to_the_proof(
    administrator: User, client_of: Callable[[User], Client], run_jobs: Callable[[], None], lines: Lines
) -> None:
    allow()
    factories.source("LOCAL", kind="local")  # other tests may have emptied every table
    word, client = f"zq{uuid4().hex[:10]}", client_of(administrator)

    with refused_by_the_database("sources_sourcerecord", code=RAISED):
        failed = _send_file(client, word)
        run_jobs()
    failed.refresh_from_db()
    assert failed.state == Import.State.FAILED
    job = _send_file(client, word)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.new_count, job.rejected_count) == (Import.State.DONE, 1, 1)
    assert RejectedRow.objects.filter(import_file=job).exists()
    record = SourceRecord.objects.get(system_ref=f"{word}-7")
    contact = Contact.objects.get(memberships__record=record)
    _work_with(client, contact, word)
    run_jobs()

    page = reverse("privacy:anonymise", args=[contact.pk])
    sure = {"typed_group_id": str(contact.pk), "password": PASSWORD}
    assert client.post(page, {**sure, "typed_group_id": word}).status_code == 422
    with refused_by_the_database("contacts_contact", code=RAISED):
        assert client.post(page, sure).status_code == 302
        run_jobs()
    with refused_by_the_database("contacts_contact", code=CANCELLED):
        ask_to_carry_on()
        run_jobs()
    assert Erasure.objects.get().state == State.QUEUED
    ask_to_carry_on()
    run_jobs()
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.trouble) == (State.DONE, "")

    (told,) = [one for one in Certificate.objects.get().body["not_searched"] if "journald" in one]
    assert "Kith writes no value of a person there" in told

    said = {logger for logger, _ in lines.of}
    assert {"kith.sources.importing", "kith.privacy.erasing.steps", "procrastinate.worker"} <= said
    assert any(word in text for text in lines.raised), "an exception quoted the row, and was logged"
    named = (word, _phone(word))
    assert [logger for logger, text in lines.of if any(one in text.casefold() for one in named)] == []
    assert word not in (dump() + kept_files()).casefold(), "nor does the log of the database server"
