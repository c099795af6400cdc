"""What forbids to reach a contact. It hangs on System Refs: what any of them carries, all carry (A10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from kith.contacts.models import Suppression
from kith.kernel.errors import NotFound

_LABELS: Final = dict(Suppression.Reason.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A suppression in force, as one contact carries it."""

    suppression_id: int
    reason: str
    scope: str
    """A `Suppression.Scope`."""
    deceased_on: date | None
    ends_on: date | None
    """The last day on which it holds."""
    source: str
    """Where it came from, if whoever flagged it said so."""
    known_by: str
    """`email` or `phone` where it is by a suppressed value; '' where it was said of the contact."""
    note: str
    by: str
    by_colleague: bool
    """`by` is the name of one."""
    at: datetime
    records: int
    """System Refs of the contact that carry it."""
    is_copy: bool
    """All of them got it when the contact it was said of was taken apart."""

    @property
    def label(self) -> str:
        return _LABELS[self.reason]

    @property
    def scope_label(self) -> str:
        """'' where it forbids every channel."""
        return "" if self.scope == Suppression.Scope.ALL else str(Suppression.Scope(self.scope).label)

    @property
    def words(self) -> str:
        only = f" ({self.scope_label.lower()})" if self.scope_label else ""
        return words_of(self.reason) + only


def words_of(reason: str) -> str:
    return f"Suppressed: {_LABELS[reason].lower()}"


def standing_of(contact_ids: Sequence[int]) -> dict[int, tuple[Protection, ...]]:
    """What each carries, oldest first; every contact asked for has an entry."""
    found: dict[int, tuple[Protection, ...]] = dict.fromkeys(contact_ids, ())
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, [list(contact_ids)])
        for row in cursor.fetchall():
            found[row[0]] += (_protection(row[1:]),)
    return found


def carried_by(contact_id: int, suppression_id: int) -> Protection:
    for one in standing_of([contact_id])[contact_id]:
        if one.suppression_id == suppression_id:
            return one
    raise NotFound("This contact carries no such suppression.")


def _protection(row: tuple[Any, ...]) -> Protection:
    (
        pk,
        reason,
        scope,
        deceased_on,
        ends_on,
        source,
        known_by,
        note,
        by,
        by_colleague,
        at,
        records,
        is_copy,
    ) = row
    return Protection(
        suppression_id=pk,
        reason=reason,
        scope=scope,
        deceased_on=deceased_on,
        ends_on=ends_on,
        source=source,
        known_by=known_by,
        note=note,
        by=by,
        by_colleague=by_colleague,
        at=at,
        records=records,
        is_copy=is_copy,
    )


_CARRIED: Final = """
SELECT m.contact_id, s.id, s.reason, s.scope, s.deceased_on, s.ends_on, s.source,
    coalesce((SELECT v.kind FROM contacts_suppressedvalue v WHERE v.id = min(c.value_id)), ''),
    s.note, s.actor, s.user_id IS NOT NULL, s.at, count(*), bool_and(c.copied_by IS NOT NULL)
FROM sources_membership m
JOIN contacts_suppressedrecord c
    ON c.record_id = m.record_id AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
JOIN contacts_suppression s ON s.id = c.suppression_id
WHERE m.contact_id = ANY(%s)
GROUP BY m.contact_id, s.id ORDER BY m.contact_id, s.at, s.id
"""


def protections_of_records(record_ids: Sequence[int]) -> tuple[str, ...]:
    """In words, what a contact of these System Refs would carry; every part of one, if it was one."""
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [list(record_ids)])
        return tuple(words_of(reason) for (reason,) in cursor.fetchall())


_REASONS: Final = """
SELECT s.reason FROM contacts_suppressedrecord c JOIN contacts_suppression s ON s.id = c.suppression_id
WHERE c.record_id = ANY(%s) AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
GROUP BY s.reason ORDER BY min(s.at), s.reason
"""


def protections_by(contacts: Mapping[int, Sequence[int]]) -> dict[int, tuple[str, ...]]:
    """As `protections_of_records`, of several contacts that do not exist yet: System Refs by key."""
    rows = [(key, pk) for key, record_ids in contacts.items() for pk in record_ids]
    found: dict[int, tuple[str, ...]] = dict.fromkeys(contacts, ())
    with connection.cursor() as cursor:
        cursor.execute(_REASONS_BY, [[key for key, _ in rows], [pk for _, pk in rows]])
        for key, reason in cursor.fetchall():
            found[key] += (words_of(reason),)
    return found


_REASONS_BY: Final = """
SELECT asked.key, s.reason FROM unnest(%s::bigint[], %s::bigint[]) AS asked(key, record_id)
JOIN contacts_suppressedrecord c ON c.record_id = asked.record_id
JOIN contacts_suppression s ON s.id = c.suppression_id
WHERE c.lift_id IS NULL AND c.withdrawn_by IS NULL
GROUP BY asked.key, s.reason ORDER BY asked.key, min(s.at), s.reason
"""


def copy_to_parts(*, operation_id: int) -> int:
    """Nothing that comes apart gets freer: what a System Ref carried, all carry that shared its contact.

    Call inside the transaction, after `sources_membership` was changed as the temporary table `moves_now`
    (record_id, from_contact_id, to_contact_id) says. Returns how many copies were made.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANY_IN_FORCE)
        if not cursor.fetchall()[0][0]:
            return 0
        cursor.execute(_COPY, [operation_id])
        return int(cursor.rowcount)


_ANY_IN_FORCE: Final = """
SELECT EXISTS (SELECT 1 FROM contacts_suppressedrecord WHERE lift_id IS NULL AND withdrawn_by IS NULL)
"""
_COPY: Final = """
WITH members AS MATERIALIZED (
    SELECT from_contact_id AS contact_id, record_id, to_contact_id AS now_in
    FROM moves_now WHERE from_contact_id IS NOT NULL
    UNION ALL
    SELECT m.contact_id, m.record_id, m.contact_id FROM sources_membership m
    WHERE m.contact_id IN (SELECT from_contact_id FROM moves_now)
        AND NOT EXISTS (SELECT 1 FROM moves_now n WHERE n.record_id = m.record_id)
), apart AS (
    SELECT contact_id FROM members GROUP BY contact_id HAVING min(now_in) <> max(now_in)
), carried AS (
    SELECT contact_id, c.suppression_id, min(c.value_id) AS value_id
    FROM apart JOIN members USING (contact_id) JOIN contacts_suppressedrecord c USING (record_id)
    WHERE c.lift_id IS NULL AND c.withdrawn_by IS NULL
    GROUP BY contact_id, c.suppression_id
)
INSERT INTO contacts_suppressedrecord (suppression_id, record_id, value_id, copied_by)
SELECT carried.suppression_id, members.record_id, carried.value_id, %s
FROM carried JOIN members USING (contact_id)
ON CONFLICT (record_id, suppression_id) WHERE lift_id IS NULL AND withdrawn_by IS NULL DO NOTHING
"""


def forget_copies(*, operation_id: int, by: int) -> int:
    """Operation `by` undid this one: the copies it made go, and those come back that it had taken away
    itself (it may have been an undoing). Returns how many went.

    Call after membership was put back. A copy stays where its contact would be freer without it: what it
    was copied from was lifted meanwhile, or is not of its contact again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COME_BACK, [by, operation_id])
        cursor.execute(_WITHDRAW, [by, operation_id, operation_id])
        return int(cursor.rowcount)


_COME_BACK: Final = """
UPDATE contacts_suppressedrecord c SET withdrawn_by = NULL, copied_by = %s
WHERE c.withdrawn_by = %s AND c.lift_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM contacts_suppressedrecord o WHERE o.record_id = c.record_id
        AND o.suppression_id = c.suppression_id AND o.lift_id IS NULL AND o.withdrawn_by IS NULL
)
"""
_WITHDRAW: Final = """
UPDATE contacts_suppressedrecord c SET withdrawn_by = %s
FROM sources_membership m
WHERE c.copied_by = %s AND c.lift_id IS NULL AND c.withdrawn_by IS NULL AND m.record_id = c.record_id
    AND EXISTS (
        SELECT 1 FROM sources_membership beside
        JOIN contacts_suppressedrecord o ON o.record_id = beside.record_id
        WHERE beside.contact_id = m.contact_id AND o.suppression_id = c.suppression_id
            AND o.lift_id IS NULL AND o.withdrawn_by IS NULL AND o.copied_by IS DISTINCT FROM %s
    )
"""
