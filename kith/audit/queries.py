from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from kith.access.actors import Actor, require
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.events import kind_of
from kith.audit.kinds import Kind
from kith.audit.models import Entry
from kith.audit.refs import refs

OF_A_RECORD: Final = ("source_record", "system_ref")
"""Subjects whose id is that of a System Ref."""
LOOKED_AT: Final = 10_000
"""A summary is of so many newest entries: a colleague who exports writes a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSearch:
    """Which entries of the journal; what is None narrows nothing."""

    event: str = ""
    kind: Kind | None = None
    user_id: int | None = None
    group_id: int | None = None
    record_id: int | None = None
    """Entries of a System Ref, and of each contact that holds or held it."""
    since: date | None = None
    until: date | None = None
    """The last day, whole."""
    with_retired: bool = False
    """Also those of retired GroupIDs that lead to `group_id`."""

    def rows(self, *, actor: Actor) -> QuerySet[Entry]:
        """Newest first."""
        require(actor, Permission.AUDIT_VIEW)
        rows = Entry.objects.order_by("-id")
        if self.event:
            rows = rows.filter(event=self.event)
        if self.kind is not None:
            rows = rows.filter(event__in=[one for one in events_so_far() if kind_of(one) is self.kind])
        if self.user_id is not None:
            rows = rows.filter(user_id=self.user_id)
        return self._in_time(self._concerning(rows))

    def _concerning(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.record_id is not None:
            of_it = Q(subject_type__in=OF_A_RECORD, subject_id=self.record_id)
            rows = rows.filter(of_it | Q(group_id__in=refs().contacts_of(self.record_id)))
        if self.group_id is None:
            return rows
        if self.with_retired:
            return rows.filter(group_id__in=refs().led_here(self.group_id))
        return rows.filter(group_id=self.group_id)

    def _in_time(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.since is not None:
            rows = rows.filter(at__gte=_midnight(self.since))
        if self.until is not None and self.until < date.max:
            rows = rows.filter(at__lt=_midnight(self.until + timedelta(days=1)))
        return rows


def _midnight(day: date) -> datetime:
    """Of the installation's zone; at the edges of the calendar UTC, where a zone would leave it."""
    zone = timezone.get_current_timezone() if 1 < day.year < 9999 else UTC
    return datetime.combine(day, time.min, tzinfo=zone)


def events_so_far() -> list[str]:
    """Every kind of event in the journal. Walks the index from word to word: fast with a million entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE word(event) AS ("
            " (SELECT event FROM audit_entry ORDER BY event LIMIT 1)"
            " UNION ALL"
            " SELECT (SELECT e.event FROM audit_entry e WHERE e.event > word.event ORDER BY e.event LIMIT 1)"
            " FROM word WHERE word.event IS NOT NULL)"
            " SELECT event FROM word WHERE event IS NOT NULL"
        )
        return [row[0] for row in cursor.fetchall()]


def people() -> list[tuple[int, str]]:
    return list(User.objects.order_by("name", "id").values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class Summed:
    """One line of a summary: how often, and when last."""

    label: str
    """An event, or a name."""
    user_id: int | None
    group_id: int | None
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The newest first, at most thirty lines of each."""

    events: Sequence[Summed]
    others: Sequence[Summed]
    """Of a contact: who; of a user: which contacts."""
    is_all: bool
    """False: there are older entries than were counted."""


def summary_of_contact(group_id: int, *, actor: Actor) -> Summary:
    """Who looked and who changed something, of a GroupID and the retired ones that lead to it."""
    require(actor, Permission.AUDIT_VIEW)
    return _summary("group_id = ANY(%s)", list(refs().led_here(group_id)), _BY_ACTOR)


def summary_of_user(user_id: int, *, actor: Actor) -> Summary:
    """What somebody did, and which contacts they looked at or changed."""
    require(actor, Permission.AUDIT_VIEW)
    return _summary("user_id = ANY(%s)", [user_id], _BY_CONTACT)


def _summary(where: str, ids: list[int], others: str) -> Summary:
    events = _grouped(_BY_EVENT, where, ids)
    counted = sum(one.times for one in events)
    return Summary(events=events, others=_grouped(others, where, ids), is_all=counted < LOOKED_AT)


def _grouped(select: str, where: str, ids: list[int]) -> list[Summed]:
    newest = f"(SELECT * FROM audit_entry WHERE {where} ORDER BY id DESC LIMIT {LOOKED_AT}) newest"
    with connection.cursor() as cursor:
        cursor.execute(select.format(newest=newest), [ids])
        return [Summed(*row) for row in cursor.fetchall()]


_BY_EVENT: Final = """
SELECT event, NULL, NULL, count(*), max(at) FROM {newest} GROUP BY event ORDER BY max(id) DESC LIMIT 30
"""
_BY_ACTOR: Final = """
SELECT actor, user_id, NULL, count(*), max(at) FROM {newest}
GROUP BY user_id, actor ORDER BY max(id) DESC LIMIT 30
"""
_BY_CONTACT: Final = """
SELECT '', NULL, group_id, count(*), max(at) FROM {newest} WHERE group_id IS NOT NULL
GROUP BY group_id ORDER BY max(id) DESC LIMIT 30
"""
