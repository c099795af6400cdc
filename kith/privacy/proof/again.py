"""Looking again at an erasure that was proved: does all of it still stand? Needs no value of the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection

from kith.attachments.store import Missing, store
from kith.contacts.models import Contact
from kith.kernel.erasing import Fate, FilePlace
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.places import Place, column_of, places
from kith.privacy.erasing.rows import names_of, nothing_of
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof.certificate import is_authentic
from kith.sources.models import Membership, SourceRecord, Tombstone
from kith.vault.models import DataKey

LOOKED_AT: Final = 30
"""Every night, the newest."""


def broken(erasure: Erasure) -> tuple[str, ...]:
    """What does not stand any more, in words without values; () where all does. Of one that is done."""
    return tuple(_broken(erasure))


def _broken(erasure: Erasure) -> Iterator[str]:
    certificate = Certificate.objects.filter(erasure=erasure).first()
    if certificate is None:
        yield "there is no certificate"
    elif not is_authentic(certificate) or certificate.body.get("erasure") != str(erasure.uid):
        yield "the certificate was changed"
    records = tuple(
        Membership.objects.filter(contact_id=erasure.contact_id).values_list("record_id", flat=True)
    )
    yield from _doors(erasure, records)
    leaving = Leaving(group_ids=(erasure.contact_id,), record_ids=records)
    names = names_of(leaving)
    for place in places():
        if place.where:
            yield from _rows(place, names)
    yield from _files(erasure)


def _doors(erasure: Erasure, record_ids: tuple[int, ...]) -> Iterator[str]:
    if not Contact.objects.filter(pk=erasure.contact_id, state=Contact.State.ANONYMISED).exists():
        yield "the contact is not anonymised"
    if SourceRecord.objects.filter(pk__in=record_ids, erased_at=None).exists():
        yield "a System Ref is not erased"
    if len(record_ids) < erasure.records:
        yield "a System Ref is no longer at the contact"
    if Tombstone.objects.filter(erasure=erasure.uid, kind="ref").count() < erasure.records:
        yield "a door is open: a tombstone is missing"
    if DataKey.objects.filter(record_id__in=record_ids, wrapped__isnull=False).exists():
        yield "a key was not destroyed"
    if _doors_missing():
        yield "a door is open: the database refuses no writes to whoever was anonymised"
    # A file that a kill left opens for nobody without it, and goes within hours.
    if erasure.needle_key is not None:
        yield "what was looked for is still kept"


def _doors_missing() -> bool:
    """Every table that hangs on System Refs has triggers; those that are switched off keep nobody out."""
    tables = [place.table for place in places() if _has_door(place)]
    with connection.cursor() as cursor:
        cursor.execute(_WITH_DOORS, [tables])
        return bool(cursor.fetchall()[0][0])


def _has_door(place: Place) -> bool:
    hangs = place.rule.hangs_on
    if place.model in {SourceRecord, Contact}:
        return True
    if hangs.is_log or place.model.__module__.startswith("kith.vault."):
        return False
    fields = (place.model._meta.get_field(name) for name in hangs.records)
    return bool(hangs.records) and not any(isinstance(field, ArrayField) for field in fields)


_WITH_DOORS: Final = r"""
SELECT EXISTS (SELECT 1 FROM unnest(%s::text[]) AS t(name) WHERE NOT EXISTS (
    SELECT 1 FROM pg_trigger g WHERE g.tgrelid = to_regclass(t.name)
        AND g.tgname LIKE 'kith\_erased%%' AND g.tgenabled IN ('O', 'A')))
"""


def _rows(place: Place, names: dict[str, Any]) -> Iterator[str]:
    wrong = _wrong(place)
    if wrong:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {place.table} WHERE ({place.where}) AND ({wrong})",
                {**names, "erased": "erased-%"},
            )
            number = cursor.fetchall()[0][0]
        if number:
            yield f"{number} {place.rule.label} ({place.table}) hold something again"


def _wrong(place: Place) -> str:
    """SQL of a row that is not as erasing left it; '' where every row is right."""
    if place.rule.row_goes:
        return "true"
    return " OR ".join(_wrong_columns(place))


def _wrong_columns(place: Place) -> Iterator[str]:
    for name, treatment in place.rule.fields.items():
        column, field = column_of(place.model, name), place.model._meta.get_field(name)
        if treatment.fate is Fate.EMPTY:
            yield f"{column} IS DISTINCT FROM {nothing_of(field)}"
        elif treatment.fate is Fate.WORD:
            yield f"{column} NOT IN ('', %(word)s)"
        elif treatment.fate is Fate.DIGEST:
            yield f"{column} <> '' AND {column} NOT LIKE %(erased)s"


def _files(erasure: Erasure) -> Iterator[str]:
    left = [file for file in erasure.files.all() if _IS_THERE[FilePlace(file.place)](file.key)]
    if left:
        yield f"{len(left)} files are there again"


def _in_store(key: str) -> bool:
    try:
        store().blocks(key)
    except Missing:
        return False
    return True


_IS_THERE: Final[dict[FilePlace, Callable[[str], bool]]] = {
    FilePlace.STORE: _in_store,
    FilePlace.IMPORT: lambda key: (Path(settings.IMPORT_FOLDER) / Path(key).name).exists(),
    FilePlace.MAIL: lambda key: (Path(settings.EMAIL_FILE_PATH) / Path(key).name).exists(),
}
