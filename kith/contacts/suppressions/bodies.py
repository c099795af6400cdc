"""What a suppression list says between its preview and its application: sealed, for it names people."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from kith.contacts.suppressions.models import SuppressionList
from kith.contacts.suppressions.values import Value
from kith.vault.sealing import INSTALLATION, open_, seal

_CONTEXT: Final = "suppression list"


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str
    value: str
    """'' of somebody who was anonymised since."""
    digest: str
    """Hex."""

    @classmethod
    def of(cls, value: Value) -> Entry:
        return cls(value.kind, value.text, value.digest.hex())


@dataclass(frozen=True, slots=True)
class Body:
    entries: tuple[Entry, ...]
    record_ids: tuple[int, ...]
    """Of the System Refs that it names."""

    @property
    def size(self) -> int:
        return len(self.entries) + len(self.record_ids)


def sealed(body: Body) -> bytes:
    said = {
        "entries": [[one.kind, one.value, one.digest] for one in body.entries],
        "records": list(body.record_ids),
    }
    return seal(INSTALLATION, json.dumps(said).encode(), _CONTEXT)


def opened(waiting: SuppressionList) -> bytes:
    return open_(INSTALLATION, bytes(waiting.body or b""), _CONTEXT)


def body_of(waiting: SuppressionList) -> Body:
    said = json.loads(opened(waiting))
    return Body(tuple(Entry(*one) for one in said["entries"]), tuple(said["records"]))


@dataclass(frozen=True, slots=True)
class Named:
    digests: frozenset[str]
    """Hex."""
    record_ids: frozenset[int]


_NAMED: Final[OrderedDict[tuple[int, datetime], Named]] = OrderedDict()
_NAMED_KEPT: Final = 4


def named_in(waiting: SuppressionList) -> Named:
    """Whom it names at most; opened once for many who are anonymised. A body never names more than at first,
    so what is remembered never misses anybody, and another list has another key."""
    key = (waiting.pk, waiting.made_at)
    known = _NAMED.get(key)
    if known is not None:
        return known
    body = body_of(waiting)
    named = Named(frozenset(one.digest for one in body.entries), frozenset(body.record_ids))
    _NAMED[key] = named
    while len(_NAMED) > _NAMED_KEPT:
        _NAMED.popitem(last=False)
    return named


_REPLACE: Final = "UPDATE contacts_suppressionlist SET body = %s WHERE id = %s"


def forget(waiting: SuppressionList, digests: Set[str], *, record_ids: Sequence[int]) -> bool:
    """Values with these digests are emptied in it, their digests go on working."""
    body = body_of(waiting)
    gone = frozenset(record_ids)
    entries = tuple(Entry(one.kind, "", one.digest) if one.digest in digests else one for one in body.entries)
    left = Body(entries, tuple(one for one in body.record_ids if one not in gone))
    if left == body:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, [sealed(left), waiting.pk])
    return True
