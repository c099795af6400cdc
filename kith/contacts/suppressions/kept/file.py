"""The file itself: written when something changed, read when a backup was restored."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from kith.contacts.suppressions.models import SuppressedValue
from kith.contacts.suppressions.values import digest_of_ref
from kith.kernel import proof_keys, secret_files

NAME: Final = "suppressions.kept"
LABEL: Final = "suppressions kept"
_CHUNK: Final = 20_000
_NO_END: Final = "-"
_NOTHING: Final = "0 0"
"""The mark while nobody is suppressed."""
# Whoever is anonymised is in the ledger itself. Numbers that are given once tell whether anything changed.
_MARK: Final = """
SELECT concat_ws(' ',
    (SELECT concat_ws(' ', count(*), sum(id)) FROM contacts_suppressedrecord
        WHERE lift_id IS NULL AND withdrawn_by IS NULL),
    (SELECT concat_ws(' ', count(*), sum(id)) FROM contacts_suppressedvalue WHERE lift_id IS NULL))
"""
_RECORDS: Final = """
SELECT c.id, s.code, r.system_ref, p.reason, p.scope, p.ends_on
FROM contacts_suppressedrecord c
JOIN contacts_suppression p ON p.id = c.suppression_id AND p.reason <> 'anonymised'
JOIN sources_sourcerecord r ON r.id = c.record_id AND r.erased_at IS NULL
JOIN sources_sourcesystem s ON s.id = r.source_id
WHERE c.lift_id IS NULL AND c.withdrawn_by IS NULL AND c.id > %s ORDER BY c.id LIMIT %s
"""
_VALUES: Final = """
SELECT v.id, v.kind, v.digest, p.reason, p.scope, p.ends_on
FROM contacts_suppressedvalue v JOIN contacts_suppression p ON p.id = v.suppression_id
WHERE v.lift_id IS NULL AND v.id > %s ORDER BY v.id LIMIT %s
"""


class BrokenKept(Exception):
    """The file was changed or cut short, or its key is not there."""


@dataclass(frozen=True, slots=True, order=True)
class KeptSuppression:
    kind: str
    """`SuppressedValue.Kind`; a System Ref too."""
    digest: bytes
    reason: str
    scope: str
    ends_on: date | None = None

    def line(self) -> str:
        ends_on = _NO_END if self.ends_on is None else self.ends_on.isoformat()
        return f"{self.kind} {self.digest.hex()} {self.reason} {self.scope} {ends_on}"


def path(ledger: Path | None = None) -> Path:
    """Beside that ledger of erasures, or beside the one of this installation."""
    return (ledger or Path(settings.ERASURE_LEDGER)).with_name(NAME)


def keep() -> bool:
    """As it is now, unless the file says so already. Raises OSError where it cannot be written."""
    mark = _mark()
    if _marked(path()) == mark:
        return False
    lines = sorted({one.line() for one in in_force()})
    key_version = proof_keys.newest()
    text = "\n".join([json.dumps({"mark": mark, "key_version": key_version}), *lines, ""])
    secret_files.rewritten(path(), f"{text}{_mac(text, key_version)}\n")
    return True


def is_behind() -> bool:
    """Something was suppressed or unflagged that the file does not know yet."""
    return (_marked(path()) or _NOTHING) != _mark()


def read(file: Path) -> tuple[KeptSuppression, ...]:
    """Raises BrokenKept."""
    text, _, mac = file.read_text(encoding="ascii", errors="replace").removesuffix("\n").rpartition("\n")
    text += "\n"
    try:
        head, *lines = text.splitlines()
        made = _mac(text, int(json.loads(head)["key_version"]))
    except (ValueError, TypeError, KeyError, proof_keys.BadProofKey) as error:
        raise BrokenKept("it cannot be read") from error
    if not hmac.compare_digest(made, mac):
        raise BrokenKept("it was changed")
    return tuple(_read(line) for line in lines)


def in_force() -> Iterator[KeptSuppression]:
    """System Refs, each once for everything it carries, and values."""
    for _, code, ref, reason, scope, ends_on in _rows(_RECORDS):
        yield KeptSuppression(SuppressedValue.Kind.REF, digest_of_ref(code, ref), reason, scope, ends_on)
    for _, kind, digest, reason, scope, ends_on in _rows(_VALUES):
        yield KeptSuppression(kind, bytes(digest), reason, scope, ends_on)


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, _CHUNK])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from rows
        last = rows[-1][0]


def _mark() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_MARK)
        return str(cursor.fetchall()[0][0])


def _marked(file: Path) -> str:
    """'' where there is none, or none that can be read: it is written anew."""
    try:
        with file.open(encoding="ascii") as lines:
            return str(json.loads(lines.readline())["mark"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _mac(text: str, key_version: int) -> str:
    return hmac.digest(proof_keys.mac_key(LABEL, version=key_version), text.encode(), "sha256").hex()


def _read(line: str) -> KeptSuppression:
    kind, digest, reason, scope, ends_on = line.split(" ")
    end = None if ends_on == _NO_END else date.fromisoformat(ends_on)
    return KeptSuppression(kind, bytes.fromhex(digest), reason, scope, end)
