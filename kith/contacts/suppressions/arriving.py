"""Whoever gets a suppressed e-mail or phone is suppressed in the transaction in which the value arrives.

Every way in comes by here: files of sources, typed files, the form, the API, an edit, an undone import. Costs
one short query while no value is suppressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from django.db import connection

from kith.contacts.suppressions.values import Kind, Value, digest_of_ref
from kith.sources.doors import lock

_ANY: Final = """
SELECT EXISTS (SELECT 1 FROM contacts_suppressedvalue WHERE lift_id IS NULL),
    EXISTS (SELECT 1 FROM contacts_suppressedvalue WHERE lift_id IS NULL AND kind = 'ref')
"""
_SAID: Final = """
SELECT id, emails, phones FROM sources_sourcerecord
WHERE id = ANY(%s) AND (emails <> '{}' OR phones <> '{}') AND erased_at IS NULL
"""
_NAMED: Final = """
SELECT r.id, s.code, r.system_ref
FROM sources_sourcerecord r JOIN sources_sourcesystem s ON s.id = r.source_id
WHERE r.id = ANY(%s) AND r.erased_at IS NULL
"""
_MEET: Final = """
WITH met AS (
    DELETE FROM contacts_suppressedvalue v USING unnest(%s::bigint[], %s::bytea[]) AS n(record_id, digest)
    WHERE v.digest = n.digest AND v.kind = 'ref' AND v.lift_id IS NULL
    RETURNING v.suppression_id, n.record_id
)
INSERT INTO contacts_suppressedrecord (suppression_id, record_id) SELECT suppression_id, record_id FROM met
ON CONFLICT (record_id, suppression_id) WHERE lift_id IS NULL AND withdrawn_by IS NULL DO NOTHING
"""
# Whoever was unflagged stays unflagged: the same claim that comes again is no new reason.
_UNLESS_SAID_OF: Final = """
INSERT INTO contacts_suppressedrecord (suppression_id, record_id, value_id)
SELECT DISTINCT ON (v.suppression_id, s.record_id) v.suppression_id, s.record_id, v.id
FROM unnest(%s::bigint[], %s::bytea[]) AS s(record_id, digest)
JOIN contacts_suppressedvalue v ON v.digest = s.digest AND v.lift_id IS NULL
WHERE NOT EXISTS (
    SELECT 1 FROM contacts_suppressedrecord o
    WHERE o.record_id {of} AND o.suppression_id = v.suppression_id AND o.withdrawn_by IS NULL)
ORDER BY v.suppression_id, s.record_id, v.id
ON CONFLICT (record_id, suppression_id) WHERE lift_id IS NULL AND withdrawn_by IS NULL DO NOTHING
"""
_TAKE_ON: Final = _UNLESS_SAID_OF.format(of="= s.record_id")
_TAKE_ON_TYPED: Final = _UNLESS_SAID_OF.format(
    of="""IN (
        SELECT b.record_id FROM sources_membership a JOIN sources_membership b USING (contact_id)
        WHERE a.record_id = s.record_id)"""
)


def claims_written(record_ids: Callable[[], Sequence[int]]) -> int:
    """Of these System Refs, in the running transaction (`KITH_CLAIMS_WRITTEN`); they are asked for only where
    any value is suppressed. Returns how many suppressions were taken on.
    """
    is_any, is_any_ref = _in_force()
    if not is_any:
        return 0
    return taken_on(record_ids(), refs=is_any_ref)


def taken_on(record_ids: Sequence[int], *, refs: bool = True) -> int:
    """Also of System Refs that were here before. `refs`: some may be suppressed themselves."""
    written = list(record_ids)
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [written])
        said = cursor.fetchall()
    found = _meet_refs(written) if refs else 0
    return found + _take_on(
        (pk, value)
        for pk, emails, phones in said
        for value in (
            *(Value(Kind.EMAIL, one) for one in emails),
            *(Value(Kind.PHONE, one) for one in phones),
        )
    )


def value_typed(record_id: int, *, emails: Sequence[str] = (), phones: Sequence[str] = ()) -> int:
    """A golden e-mail or phone that somebody typed, no claim of a source; it hangs on this System Ref."""
    if not _in_force()[0]:
        return 0
    values = [*(Value(Kind.EMAIL, one) for one in emails), *(Value(Kind.PHONE, one) for one in phones)]
    return _take_on(((record_id, value) for value in values), statement=_TAKE_ON_TYPED)


def _in_force() -> tuple[bool, bool]:
    """(any value, any System Ref). Nobody suppresses one until the transaction ends: they would not see what
    it writes."""
    lock.shared()
    with connection.cursor() as cursor:
        cursor.execute(_ANY)
        ((is_any, is_any_ref),) = cursor.fetchall()
        return bool(is_any), bool(is_any_ref)


def _meet_refs(record_ids: list[int]) -> int:
    """Those that were suppressed before they were here."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [record_ids])
        named = cursor.fetchall()
        digests = [digest_of_ref(code, ref) for _, code, ref in named]
        cursor.execute(_MEET, [[pk for pk, _, _ in named], digests])
        return int(cursor.rowcount)


def _take_on(said: Iterable[tuple[int, Value]], *, statement: str = _TAKE_ON) -> int:
    known: dict[Value, bytes] = {}
    records, digests = [], []
    for record_id, value in said:
        records.append(record_id)
        digests.append(known.get(value) or known.setdefault(value, value.digest))
    if not records:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement, [records, digests])
        return int(cursor.rowcount)
