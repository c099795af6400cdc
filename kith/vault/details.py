"""Old and new values of a change, sealed beside its entry of the journal (C31)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kith.audit.models import Entry
from kith.vault.models import SealedDetail
from kith.vault.sealing import Sealed, open_many, seal


@dataclass(frozen=True, slots=True)
class ValueChange:
    field: str
    """`first_name`, `emails`; or words, where it is no golden field."""
    before: str
    """'' where there was none."""
    after: str

    @property
    def label(self) -> str:
        """`email_1_type`: E-mail 1 type."""
        return self.field.replace("_", " ").capitalize().replace("Email", "E-mail")


def keep(entry: Entry, *, record_id: int, changes: Iterable[ValueChange]) -> None:
    """In the transaction of the change. What did not change is left out; nothing left, nothing kept."""
    body = {one.field: [one.before, one.after] for one in changes if one.before != one.after}
    if not body:
        return
    text = json.dumps(body, ensure_ascii=False).encode()
    SealedDetail.objects.create(
        entry=entry, record_id=record_id, body=seal(record_id, text, _context(entry.pk))
    )


def changes_of(entry_ids: Iterable[int]) -> Mapping[int, tuple[ValueChange, ...]]:
    """By entry, in two queries; entries without any, or whose key was destroyed, are left out."""
    rows = list(SealedDetail.objects.filter(entry_id__in=list(entry_ids)).order_by("pk"))
    if not rows:
        return {}
    opened = open_many([Sealed(row.record_id, bytes(row.body), _context(row.entry_id)) for row in rows])
    found: dict[int, tuple[ValueChange, ...]] = {}
    for row, text in zip(rows, opened, strict=True):
        if text is not None:
            found[row.entry_id] = (*found.get(row.entry_id, ()), *_read(text))
    return found


def opened_of(record_ids: Iterable[int]) -> list[str]:
    """Everything kept of these System Refs, as JSON; without what was destroyed."""
    rows = list(SealedDetail.objects.filter(record_id__in=list(record_ids)).order_by("pk"))
    opened = open_many([Sealed(row.record_id, bytes(row.body), _context(row.entry_id)) for row in rows])
    return [text.decode() for text in opened if text is not None]


def _read(text: bytes) -> tuple[ValueChange, ...]:
    body: dict[str, list[str]] = json.loads(text)
    return tuple(ValueChange(field, before, after) for field, (before, after) in body.items())


def _context(entry_id: int) -> str:
    return f"detail of entry {entry_id}"
