"""Places that hold many people: files received, e-mails in the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from kith.kernel.clock import now
from kith.kernel.erasing import FilePlace, LeavingFile
from kith.kernel.leaving import Leaving
from kith.printouts.models import Sending
from kith.privacy.erasing.rows import files_of
from kith.sources import storage
from kith.sources.erasing import ERASED_WITH
from kith.sources.models import Import
from tests.contacts import factories

pytestmark = pytest.mark.django_db
PEOPLE = "Κωδικός;Όνομα;Πόλη\nT-900001;Άννα Παπαδοπούλου;Λευκωσία\nT-900002;Γιώργος Νικολάου;Πάφος\n" * 20


def _import(content: bytes) -> Import:
    kept = storage.keep([content])
    return Import.objects.create(
        source=factories.source(),
        state="done",
        file_name="people.csv",
        stored_name=kept.stored_name,
        sealed_key=kept.sealed_key,
    )


def test_files_whose_bytes_do_not_show_it_are_opened_for_the_proof() -> None:
    greek, plain = _import(PEOPLE.encode("cp1253")), _import(PEOPLE.encode())
    unreadable = _import(b"\x00\x01\x02" * 50)
    gone = _import(b"a;b\n1;2\n")
    storage.remove(gone.stored_name)
    opened = {one.place: one.content.decode() for one in ERASED_WITH.opens()}
    assert list(opened) == [f"file imports/{greek.stored_name}"]
    assert "Άννα Παπαδοπούλου" in opened[f"file imports/{greek.stored_name}"]
    for job in (greek, plain, unreadable):
        storage.remove(job.stored_name)


def test_e_mails_with_their_printouts_go_and_those_of_others_stay() -> None:
    record = factories.record({"first_name": "Anna", "last_name": "Gonesdottir"})
    contact = factories.contact(record)
    leaving = Leaving(group_ids=(contact.pk,), record_ids=(record.pk,))
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    sent = Sending.objects.create(
        record_id=record.pk, preset="summary", format="pdf", actor="A", state="sent", ended_at=now()
    )
    mails = {number: folder / f"erasing-{number}.log" for number in (sent.pk, sent.pk + 1)}
    for number, path in mails.items():
        path.write_text(f"Subject: x\nMessage-ID: <printout-{number}@localhost>\n\nbody", encoding="utf-8")
    try:
        assert files_of(leaving) == (
            LeavingFile(place=FilePlace.MAIL, key=mails[sent.pk].name, what="e-mail with a printout"),
        )
    finally:
        for path in mails.values():
            path.unlink()
