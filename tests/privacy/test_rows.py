from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import pytest
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models, transaction

from kith.contacts.models import Contact
from kith.golden.models import GoldenOverride
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.places import places
from kith.privacy.erasing.rows import erase_rows, what_goes, what_stays
from kith.sources.models import SourceRecord
from tests.privacy.filling import Person, filled

pytestmark = pytest.mark.django_db
STAYS_IN_WORDS: Final = frozenset(
    {
        "accounts_account.number",
        "accounts_accounttransaction.reference",
        "contacts_contact.category",
        "contacts_contact.residence_country",
        "sources_sourcetransaction.kind",
    }
)
"""Where a value in words of whoever was anonymised may stand. A column that somebody lets stay makes the
tests fail until it stands here, and in docs/privacy.md under *What stays, and why*."""
STAYS_WITHOUT_WORDS: Final = frozenset(
    {
        "accounts_account.currency",
        "accounts_account.state",
        "accounts_accounttransaction.currency",
        "accounts_accounttransaction.kind",
        "accounts_linkeditem.currency",
        "accounts_linkeditem.kind",
        "contacts_suppressedvalue.digest",
        "contacts_suppression.reason",
        "contacts_suppression.scope",
        "contacts_suppressionlist.body",
        "elsewhere_elsewheretask.sealed_ref",
        "register_personrequest.sealed_words",
        "register_publicuse.mark",
        "register_unconfirmedrequest.sealed_words",
        "sources_admission.digest",
        "sources_sourcetransaction.currency",
        "sources_tombstone.digest",
        "sso_ssoaccount.id_mark",
        "sso_ssoaccount.marks",
        "sso_ssoaccount.sealed_words",
    }
)
"""One of a few words, a digest, or sealed for as long as it is needed: no marker stays there."""
_TAKES_WORDS: Final = (
    models.BinaryField,
    models.CharField,
    models.JSONField,
    models.TextField,
    ArrayField,
    SearchVectorField,
)


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


def standing(person: Person) -> set[tuple[str, str]]:
    """Each marker that any row of any table holds, and the column it is in: (its own column, that one)."""
    said = _columns()
    return {
        (place, column)
        for column, text in said.items()
        for place, marker in person.markers.items()
        if marker in text or marker.encode().hex() in text
    }


def _columns() -> Mapping[str, str]:
    """`table.column`: everything in it, as text."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(
                "SELECT said.key, string_agg(said.value, ' ')"
                f' FROM "{table}" t, jsonb_each_text(to_jsonb(t)) said GROUP BY said.key'
            )
            found |= {f"{table}.{key}": text or "" for key, text in cursor.fetchall()}
    return found


def test_c44_what_may_stay_in_words_is_on_the_list_and_nothing_else_is() -> None:
    declared = {
        f"{place.table}.{field.column}"
        for place in places()
        for field, treatment in (
            (place.model._meta.get_field(name), one) for name, one in place.rule.fields.items()
        )
        if treatment.because and isinstance(field, _TAKES_WORDS)
    }
    assert declared == STAYS_IN_WORDS | STAYS_WITHOUT_WORDS


def test_c44_every_field_holds_a_marker_and_none_is_left() -> None:
    person, other = filled("personone"), filled("persontwo")
    before = dump()
    assert held(person, before) == person.markers
    assert len(person.markers) > 80
    leaving = Leaving(group_ids=(person.contact_id,), record_ids=(person.record_id,))
    said = {one.label: one.number for one in what_goes(leaving)}
    with transaction.atomic():
        counts = erase_rows(leaving, erasure=uuid4())
    assert standing(person) == {(one, one) for one in STAYS_IN_WORDS}
    assert held(other, dump()) == other.markers
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
