from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection, transaction

from kith.contacts.models import Contact
from kith.golden.models import GoldenOverride
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.places import places
from kith.privacy.erasing.rows import erase_rows, what_goes, what_stays
from kith.sources.models import SourceRecord
from tests.privacy.filling import Person, filled

pytestmark = pytest.mark.django_db


def dump() -> str:
    """Every column of every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        said = []
        for table in tables:
            cursor.execute(f'SELECT t.*::text FROM "{table}" t')
            said += [f"{table} {text}" for (text,) in cursor.fetchall()]
    return "\n".join(said)


def held(person: Person, said: str) -> dict[str, str]:
    """Where each marker is, of those that are anywhere: as text, or as hex of bytes."""
    return {
        place: marker
        for place, marker in person.markers.items()
        if marker in said or marker.encode().hex() in said
    }


def test_c44_every_field_holds_a_marker_and_none_is_left() -> None:
    person, other = filled("personone"), filled("persontwo")
    before = dump()
    assert held(person, before) == person.markers
    assert len(person.markers) > 80
    leaving = Leaving(group_ids=(person.contact_id,), record_ids=(person.record_id,))
    said = {one.label: one.number for one in what_goes(leaving)}
    with transaction.atomic():
        counts = erase_rows(leaving, erasure=uuid4())
    after = dump()
    stays = {
        f"{place.table}.{place.model._meta.get_field(name).column}"
        for place in places()
        for name, treatment in place.rule.fields.items()
        if treatment.because
    }
    assert set(held(person, after)) <= stays
    assert held(other, after) == other.markers
    assert {label: counts[label] for label in said if label in counts} == {
        label: number for label, number in said.items() if label in counts
    }
    assert what_stays(leaving)
    contact = Contact.objects.get(pk=person.contact_id)
    assert (contact.state, contact.name) == (Contact.State.ANONYMISED, "Anonymised")
    record = SourceRecord.objects.get(pk=person.record_id)
    assert record.erased_at is not None
    assert record.system_ref.startswith("erased-")
    states = dict(GoldenOverride.objects.values_list("record_id", "state"))
    assert states[person.record_id] == GoldenOverride.State.ENDED != states[other.record_id]
