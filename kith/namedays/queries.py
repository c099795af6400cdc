"""Whose name day is when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.may.asking import audience
from kith.contacts.may.rules import Act, Ask
from kith.contacts.models import Contact
from kith.kernel.errors import NotFound, Refused
from kith.namedays.days import dates_between, fixed_on, read_day
from kith.namedays.models import NameDay, NameDayRun
from kith.namedays.sections import label_of

MOST_COUNTED: Final = 1_000
LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Celebrating:
    contact: Contact
    on: date
    is_sure: bool
    """False: perhaps; the first name is short for one that is listed, or another spelling of it."""


def celebrating_between(start: date, end: date, *, known: Sequence[str] | None = None) -> Q:
    """For contacts: those whose name day falls from `start` to `end`, both included. Movable days are
    resolved for each year; what was typed goes before what was found.

    `known`: which days there are (`days_known`), for whoever asks more than once.
    """
    if end < start or end - start > LONGEST:
        raise Refused("From a day to a later one, at most a year.")
    typed, codes = _fixed_days(start, end), _between(days_known() if known is None else known, start, end)
    found = NameDay.objects.filter(day__in=codes).values("contact_id")
    said = Contact.objects.filter(name_day__in=typed).values("pk")
    is_either = Q(name_day__isnull=True) | Q(name_day__in=typed)
    return is_either & Q(pk__in=said.union(found), state=Contact.State.ACTIVE, kind=Contact.Kind.PERSON)


def celebrating(
    start: date, end: date, *, actor: Actor, known: Sequence[str] | None = None
) -> QuerySet[Contact]:
    """Whom one may congratulate: nobody who is deceased or suppressed. By GroupID."""
    require(actor, Permission.CONTACT_VIEW)
    found = Contact.objects.filter(celebrating_between(start, end, known=known))
    return audience(found, Ask(act=Act.SELECT)).order_by("pk")


def with_dates(contacts: Sequence[Contact], start: date, end: date) -> list[Celebrating]:
    """In the order of the days."""
    found = {row.pk: row for row in NameDay.objects.filter(pk__in=[one.pk for one in contacts])}
    shown = [_celebrating(one, found.get(one.pk), start, end) for one in contacts]
    return sorted(shown, key=lambda one: (one.on, one.contact.pk))


def _celebrating(contact: Contact, row: NameDay | None, start: date, end: date) -> Celebrating:
    day = contact.name_day or (row.day if row else "")
    is_sure = bool(contact.name_day) or row is None or row.is_sure
    return Celebrating(contact, _date_of(day, start, end) or start, is_sure)


@dataclass(frozen=True, slots=True)
class ShownDay:
    words: str
    this_year: date
    from_where: str
    """Calendar and name; empty for a typed one."""
    is_sure: bool = True


def name_day_of(contact: Contact, *, year: int) -> ShownDay | None:
    """What the process found; None where somebody typed a name day, or nothing was found."""
    if contact.name_day or contact.kind != Contact.Kind.PERSON:
        return None
    row = NameDay.objects.filter(pk=contact.pk).first()
    if row is None:
        return None
    day = read_day(row.day)
    return ShownDay(day.words, day.on(year), f"{label_of(row.calendar)}: {row.listed}", row.is_sure)


def runs(*, actor: Actor) -> QuerySet[NameDayRun]:
    require(actor, Permission.RUN_VIEW)
    return NameDayRun.objects.select_related("started_by").order_by("-id")


def run_of(run_id: int, *, actor: Actor) -> NameDayRun:
    found = runs(actor=actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound("There is no such run.")
    return found


def _date_of(day: str, start: date, end: date) -> date | None:
    dates = dates_between(read_day(day), start, end) if day else ()
    return dates[0] if dates else None


def _fixed_days(start: date, end: date) -> tuple[str, ...]:
    """MM-DD, as typed name days are; 29 February too where it is kept on the 28th."""
    days = (start + timedelta(number) for number in range((end - start).days + 1))
    found = {f"{day:%m-%d}" for day in days}
    leap = (fixed_on(2, 29, year) for year in range(start.year, end.year + 1))
    if any(start <= day <= end for day in leap):
        found.add("02-29")
    return tuple(sorted(found))


def days_known() -> tuple[str, ...]:
    """All days on which a found name day is."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        return tuple(code for (code,) in cursor.fetchall())


def _between(codes: Sequence[str], start: date, end: date) -> tuple[str, ...]:
    return tuple(code for code in codes if dates_between(read_day(code), start, end))


_DAYS: Final = """
WITH RECURSIVE found AS (
    SELECT min(day) AS day FROM namedays_nameday
    UNION ALL
    SELECT (SELECT min(n.day) FROM namedays_nameday n WHERE n.day > found.day) FROM found
    WHERE found.day IS NOT NULL
)
SELECT day FROM found WHERE day IS NOT NULL
"""
"""Which days there are: by one look into the index for each, however many contacts have it."""
