"""Somebody of whom every field holds a marker is anonymised as a privacy officer does it, from the order to
the certificate; then the dump of the database and the data folder, with the log of the database server, are
read byte by byte. What Kith itself logs: `test_logs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from kith.access.actors import COMMAND_LINE
from kith.attachments.models import StoredFile
from kith.attachments.store import store
from kith.contacts.asking import Value
from kith.contacts.models import Contact
from kith.find.actions import keep_search
from kith.find.searches import TEXT, Search
from kith.organisation.models import Community, OrgGroup, Unit, UserPlace
from kith.printouts.models import Sending
from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.sources import storage
from kith.sources.models import Import, RejectedRow
from kith.stewardship.models import RequestContact
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.filling import Person, filled
from tests.privacy.test_rows import STAYS_IN_WORDS, dump, held, standing

pytestmark = pytest.mark.django_db
BELOW_THE_ROWS = {"base", "global", "pg_wal", "pg_xact", "static"}
"""What `kith scrub-storage` rewrites; it has a test of its own."""


@pytest.fixture
def two_people() -> Iterator[tuple[Person, Person, list[Path]]]:
    person, other = filled(uuid4().hex[:7]), filled(uuid4().hex[:7])
    files = [path for one in (person, other) for path in _scattered(one)]
    _clear_the_way(person)
    yield person, other, files
    for path in files:
        path.unlink(missing_ok=True)


def _clear_the_way(person: Person) -> None:
    """What stands against anonymising anybody, and the order that the filler made."""
    UserPlace.objects.filter(record_id=person.record_id).delete()
    for model in (Community, OrgGroup, Unit):
        model._default_manager.filter(record_id=person.record_id).update(record_id=None)
    RequestContact.objects.filter(contact_id=person.contact_id).update(waits=False)
    Erasure.objects.filter(contact_id=person.contact_id).delete()


def _scattered(person: Person) -> list[Path]:
    """In files, in rows of files, in a search, in the name of a file, in an e-mail."""
    email, ref = (person.markers[f"sources_sourcerecord.{name}"] for name in ("emails", "system_ref"))
    kept = storage.keep([f"ref;mail\n{ref};{email}\n".encode("utf-16")])
    job = Import.objects.create(
        source=factories.source(),
        state="done",
        file_name=f"{email}.csv",
        stored_name=kept.stored_name,
        sealed_key=kept.sealed_key,
    )
    RejectedRow.objects.create(import_file=job, row_number=2, reason="No date.", values={"mail": email})
    keep_search(actor=COMMAND_LINE, search=Search.of({TEXT: Value(text=email)}))
    stored = StoredFile.objects.get(record_id=person.record_id)
    store().put(stored.key, [email.encode()])
    mail = Path(settings.EMAIL_FILE_PATH) / f"whole-{person.seed}.log"
    mail.parent.mkdir(parents=True, exist_ok=True)
    sending = Sending.objects.get(record_id=person.record_id)
    mail.write_text(f"Message-ID: <printout-{sending.pk}@localhost>\n\n{email}", encoding="utf-8")
    return [storage.path_of(kept.stored_name), mail]


def kept_files() -> str:
    said = []
    for path in sorted(Path(settings.HOME).rglob("*")):
        if path.is_file() and not BELOW_THE_ROWS & set(path.relative_to(settings.HOME).parts):
            said.append(f"{path.name} {path.read_bytes().decode('utf-16-le', 'replace')}")
            said.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(said)


def test_c44_nothing_is_left_in_the_dump_and_the_data_folder(
    two_people: tuple[Person, Person, list[Path]],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    person, other, files = two_people
    allow()
    before = dump() + kept_files()
    assert held(person, before) == person.markers
    with django_capture_on_commit_callbacks(execute=True):
        erasure = order(Contact.objects.get(pk=person.contact_id))
        steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked, erasure.trouble) == (Erasure.State.DONE, [], "")
    assert standing(person) == {(one, one) for one in STAYS_IN_WORDS}
    files_after = kept_files()
    assert held(person, files_after) == {}
    assert held(other, dump() + files_after) == other.markers
    assert [path.exists() for path in files] == [False, False, True, True]
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(s::text, '') FROM pg_stats s WHERE schemaname = 'public'")
        assert held(person, cursor.fetchall()[0][0] or "").keys() <= STAYS_IN_WORDS
