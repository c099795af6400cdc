"""A slice of contacts as rows of text, as its reader may see them. A few queries, however many contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from kith.contacts.rights.rules import Shown, Sight
from kith.find.exporting.columns import Column, Reading, as_it_is
from kith.find.eyes import Eyes

Row = list[str]


def seen(sight: Sight, *, field: str, text: str) -> str:
    if not text or not field:
        return text
    return sight.name(text) if field == "name" else sight.of(field, text)


@dataclass(slots=True)
class Reader:
    """Of the columns of one export."""

    columns: Sequence[Column]
    eyes: Eyes
    _readings: Mapping[str, Reading] = field(init=False)

    def __post_init__(self) -> None:
        self._readings = {one.code: one.reads() for one in self.columns}

    def rows(self, contact_ids: Sequence[int]) -> list[Row]:
        """By GroupID, those that are active."""
        stored = [one for one in self.columns if one.of_slice is None]
        with connection.cursor() as cursor:
            columns = "".join(f", {one.sql}" for one in stored)
            cursor.execute(_READ.format(columns=columns), [list(contact_ids)])
            found = cursor.fetchall()
        if not found:
            return []
        ids, kinds, *said = zip(*found, strict=True)
        sights = self.eyes.on(dict(zip(ids, kinds, strict=True)))
        by_contact = [sights[pk] for pk in ids]
        texts = dict(zip((one.code for one in stored), said, strict=True))
        columns_seen = (
            self._seen(one, texts.get(one.code) or _of_slice(one, ids), by_contact) for one in self.columns
        )
        return [list(row) for row in zip(*columns_seen, strict=True)]

    def _seen(self, column: Column, texts: Sequence[str | None], sights: Sequence[Sight]) -> Sequence[str]:
        """A column of a slice. How it shows is asked once per sight, not once per cell."""
        reading = self._readings[column.code]
        among = {id(sight): sight for sight in sights}
        tells = {key: _telling(sight, column.field) for key, sight in among.items()}
        if {reading, *tells.values()} == {as_it_is}:
            return [text or "" for text in texts]
        return [
            tells[id(sight)](reading(text)) if text else "" for text, sight in zip(texts, sights, strict=True)
        ]


def _of_slice(column: Column, ids: Sequence[int]) -> Sequence[str]:
    known = column.of_slice(ids) if column.of_slice else {}
    return [known.get(pk, "") for pk in ids]


def _telling(sight: Sight, field: str) -> Reading:
    asked = "emails" if field == "name" else field
    if not field or sight.shows(asked) is Shown.SHOWN:
        return as_it_is
    return lambda text: seen(sight, field=field, text=text)


_READ: Final = """
SELECT c.id, c.kind{columns} FROM contacts_contact c
LEFT JOIN contacts_contactaddress a ON a.contact_id = c.id AND a.is_primary
WHERE c.id = ANY(%s) AND c.state = 'active' ORDER BY c.id
"""
