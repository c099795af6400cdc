"""A slice of contacts as rows of text, as its reader may see them. A few queries, however many contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from kith.contacts.rights.rules import Sight
from kith.find.exporting.columns import Column, Reading
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
        sights = self.eyes.on({pk: kind for pk, kind, *_ in found})
        others = {
            one.code: one.of_slice([pk for pk, *_ in found])
            for one in self.columns
            if one.of_slice is not None
        }
        return [
            self._row(
                pk, sights[pk], {one.code: text or "" for one, text in zip(stored, said, strict=True)}, others
            )
            for pk, _, *said in found
        ]

    def _row(
        self, pk: int, sight: Sight, said: Mapping[str, str], others: Mapping[str, Mapping[int, str]]
    ) -> Row:
        row = []
        for one in self.columns:
            text = said[one.code] if one.code in said else others[one.code].get(pk, "")
            row.append(seen(sight, field=one.field, text=self._readings[one.code](text) if text else ""))
        return row


_READ: Final = """
SELECT c.id, c.kind{columns} FROM contacts_contact c
LEFT JOIN contacts_contactaddress a ON a.contact_id = c.id AND a.is_primary
WHERE c.id = ANY(%s) AND c.state = 'active' ORDER BY c.id
"""
