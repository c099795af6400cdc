"""What "find a contact" means, for the page and whatever else asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts import search
from kith.contacts.criteria import Criterion
from kith.contacts.models import Contact, ContactAddress, ContactEmail, ContactPhone
from kith.contacts.possible_duplicates import possible_duplicates
from kith.contacts.rights.asking import found_by
from kith.contacts.rights.rules import IDENTITY, Shown, Sight
from kith.contacts.rights.seeing import seen, seen_records, sight_on, sights_at
from kith.contacts.rights.sight import sight_of
from kith.contacts.search import Term
from kith.kernel.errors import NotFound
from kith.kernel.group_ids import read_group_id
from kith.matching.cleaning.text import fold_words
from kith.sources.models import Membership, SourceRecord, SourceSystem

MOST_CANDIDATES: Final = 300
"""Contacts read and put in order for one search; beyond them the page asks for a narrower one."""
SUGGESTED_FROM: Final = 200
RECORDS_SHOWN: Final = 200

_HEAVY: Final = ("claim", "match_keys", "street_keys", "postcode_keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Ids in the order of the list. `is_cut`: there are more contacts than were looked at."""

    ids: tuple[int, ...]
    is_cut: bool

    @property
    def words(self) -> str:
        if self.is_cut:
            return f"more than {len(self.ids):,} contacts"
        return f"{len(self.ids):,} contact{'' if len(self.ids) == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSearch:
    """One box (`text`) and the criteria of K4/C25; everything given must hold."""

    text: str = ""
    criteria: tuple[tuple[Criterion, str], ...] = ()
    source_id: int | None = None
    kind: str = ""
    created_from: date | None = None
    created_to: date | None = None
    updated_from: date | None = None
    updated_to: date | None = None
    possible_duplicates: bool = False
    """Only those that may have a duplicate (K12)."""

    @property
    def is_empty(self) -> bool:
        return not (
            self.text.strip() or any(value.strip() for _, value in self.criteria) or self._is_narrowed
        )

    @property
    def _is_narrowed(self) -> bool:
        days = (self.created_from, self.created_to, self.updated_from, self.updated_to)
        return self.source_id is not None or bool(self.kind) or any(days) or self.possible_duplicates

    @property
    def lists_records(self) -> bool:
        """K4: a search by System Ref lists System Refs, one row per source."""
        return any(criterion is Criterion.SYSTEM_REF and value.strip() for criterion, value in self.criteria)

    def found(self, *, actor: Actor, most: int = MOST_CANDIDATES) -> Found:
        """At most `most` contacts, by name; which ones, where there are more, is left to the index."""
        require(actor, Permission.CONTACT_VIEW)
        if self.is_empty:
            return Found(ids=(), is_cut=False)
        condition = self._condition(sight_of(actor))
        if condition is None:
            return Found(ids=(), is_cut=False)
        active = Contact.objects.filter(condition, state=Contact.State.ACTIVE)
        # Put in order here: the database would look each of them up a second time.
        named = sorted(active.values_list("name", "pk")[: most + 1], key=_by_name)
        ids = [pk for _, pk in named]
        return Found(ids=tuple(ids[:most]), is_cut=len(ids) > most)

    def records(self, *, actor: Actor) -> QuerySet[SourceRecord]:
        """The System Refs of `found` whose ref begins with what was asked for."""
        require(actor, Permission.CONTACT_VIEW)
        wanted = Q()
        for criterion, value in self.criteria:
            if criterion is Criterion.SYSTEM_REF and value.strip():
                wanted &= Q(system_ref__istartswith=value.strip())
        if self.source_id is not None:
            wanted &= Q(source_id=self.source_id)
        return (
            SourceRecord.objects.filter(wanted, membership__contact__in=self.found(actor=actor).ids)
            .select_related("source", "membership__contact")
            .defer(*_HEAVY, "membership__contact__search")
            .order_by(Lower("membership__contact__name"), "membership__contact_id", "source__priority", "pk")
        )

    def _condition(self, sight: Sight) -> Q | None:
        """None when something was asked for that nothing can be: a birth date that is no date, say; or that
        the actor sees of nobody.
        """
        condition = self._narrowing()
        if self.text.strip():
            from_text = condition_of_text(self.text, sight=sight)
            if from_text is None:
                return None
            condition &= from_text
        for criterion, value in self.criteria:
            if not value.strip():
                continue
            part = asked_of(criterion, value, sight=sight)
            if part is None:
                return None
            condition &= part
        return condition

    def _narrowing(self) -> Q:
        condition = Q(kind=self.kind) if self.kind else Q()
        if self.possible_duplicates:
            condition &= possible_duplicates().condition()
        if self.source_id is not None:
            of_source = Membership.objects.filter(record__source_id=self.source_id)
            condition &= Q(pk__in=of_source.values("contact_id"))
        condition &= between("created_at", self.created_from, self.created_to)
        return condition & between("claims_received_at", self.updated_from, self.updated_to)


def _by_name(row: tuple[str, int]) -> tuple[list[str], int]:
    """Word by word, without regard to case and accents."""
    return list(fold_words(row[0])), row[1]


def condition_of_text(text: str, *, sight: Sight) -> Q | None:
    reading = search.read(text)
    if reading.is_empty:
        return None
    condition = _seen_by(sight, reading.terms) if reading.terms else Q(pk__in=[])
    if reading.group_id is None:
        return condition
    successor = successor_of(reading.group_id)
    return condition if successor is None else condition | Q(pk=successor)


def _seen_by(sight: Sight, terms: tuple[Term, ...]) -> Q:
    """By all that is shown of somebody; contacts of stricter levels by what is shown of everybody."""
    most, least = search.seen_by(sight.mildest(), terms), search.seen_by(sight, terms)
    if not most:
        return Q(pk__in=[])
    if most == least:
        return matching(most)
    asked = search.fields_of(terms)
    mild = found_by(sight, (one for one in asked if one not in IDENTITY))
    mild &= found_by(sight, (one for one in asked if one in IDENTITY), whole_where_masked=True)
    if not mild:
        return matching(most)
    return matching(most) & (mild | matching(least) if least else mild)


def asked_of(criterion: Criterion, value: str, *, sight: Sight) -> Q | None:
    """As `condition_of`, without those that this sight may not find by it."""
    if criterion is Criterion.IDENTITY_NUMBER:
        terms = search.seen_by(sight.mildest(), criterion.terms(value))
        return matching(terms) & found_by(sight, IDENTITY, whole_where_masked=True) if terms else None
    if not all(sight.may_ask_by(field) for field in criterion.fields):
        return None
    part = condition_of(criterion, value)
    return None if part is None else part & found_by(sight, criterion.fields)


def condition_of(criterion: Criterion, value: str) -> Q | None:
    if criterion is Criterion.GROUP_ID:
        group_id = read_group_id(value)
        successor = successor_of(group_id) if group_id is not None else None
        return Q(pk=successor) if successor is not None else None
    if criterion is Criterion.TOWN:
        return Q(pk__in=_in_town(value))
    terms = criterion.terms(value)
    return matching(terms) if terms else None


def _in_town(town: str) -> QuerySet[Contact, int]:
    found = Contact.objects.filter(addresses__city__istartswith=town.strip())
    return found.values_list("pk", flat=True)


class LexemeQuery(SearchQuery):
    """The text is a tsquery already: `to_tsquery` would take `l:reid` apart into two words."""

    template = "(%(expressions)s)::tsquery"


def matching(terms: tuple[Term, ...]) -> Q:
    return Q(search=LexemeQuery(search.both(terms), search_type="raw"))


def between(column: str, first: date | None, last: date | None) -> Q:
    """Whole days, the last one included; the ends of the calendar are no bounds."""
    condition = Q()
    if first is not None and first > _DAYS[1]:
        return Q(pk__in=())
    if first is not None and first > _DAYS[0]:
        condition &= Q(**{f"{column}__gte": _midnight(first)})
    if last is not None and last < _DAYS[0]:
        return Q(pk__in=())
    if last is not None and last < _DAYS[1]:
        condition &= Q(**{f"{column}__lt": _midnight(last + timedelta(days=1))})
    return condition


_DAYS: Final = date(1900, 1, 1), date(9000, 1, 1)
"""Before the first nothing was kept; behind the second a day more is none."""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def successor_of(group_id: int) -> int | None:
    """The active contact this GroupID leads to: itself, or the end of its chain of successors."""
    return successors_of([group_id]).get(group_id)


def successors_of(group_ids: Iterable[int]) -> dict[int, int]:
    """By GroupID the active contact it leads to, however long the chain. Unknown ones are left out."""
    return _ends(group_ids, states=(Contact.State.ACTIVE,))


def end_of(group_id: int) -> int | None:
    """As `successor_of`, or the contact that was anonymised at the end of the chain."""
    ends = _ends([group_id], states=(Contact.State.ACTIVE, Contact.State.ANONYMISED))
    return ends.get(group_id)


def _ends(group_ids: Iterable[int], *, states: Sequence[str]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_ENDS, [list(group_ids), list(states)])
        return dict(cursor.fetchall())


# UNION, not UNION ALL: a chain that came back to itself would end.
_ENDS: Final = """
WITH RECURSIVE chain AS (
    SELECT id AS asked, id, state, successor_id FROM contacts_contact WHERE id = ANY(%s)
    UNION
    SELECT chain.asked, c.id, c.state, c.successor_id
    FROM chain JOIN contacts_contact c ON c.id = chain.successor_id WHERE chain.state = 'retired'
)
SELECT asked, id FROM chain WHERE state = ANY(%s)
"""


def active(*, actor: Actor, kind: str = "") -> QuerySet[Contact]:
    require(actor, Permission.CONTACT_VIEW)
    rows = Contact.objects.filter(state=Contact.State.ACTIVE).only("pk")
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One line of a list: what is primary, and nothing that would need a query of its own."""

    pk: int
    name: str
    kind: str
    birth_date: date | str | None
    """Text where it is masked."""
    source_ids: list[int]
    email: str | None
    phone: str | None
    town: str | None


def in_order(ids: tuple[int, ...], *, actor: Actor) -> list[ContactRow]:
    """Two queries for any number of contacts; as the actor may read them."""
    rows = Contact.objects.filter(pk__in=ids).values_list(
        "pk",
        "name",
        "kind",
        "birth_date",
        "source_ids",
        _primary(ContactEmail.objects.values("value")),
        _primary(ContactPhone.objects.values("value")),
        _primary(ContactAddress.objects.values("city")),
    )
    by_id = {row[0]: ContactRow(*row) for row in rows}
    sights = sights_at(by_id, actor=actor)
    return [_as_seen(by_id[pk], sights[pk]) for pk in ids if pk in sights]


def _as_seen(row: ContactRow, sight: Sight) -> ContactRow:
    born = row.birth_date
    if born is not None and sight.shows("birth_date") is not Shown.SHOWN:
        born = sight.of("birth_date", str(born)) or None
    return replace(
        row,
        name=sight.name(row.name),
        birth_date=born,
        email=sight.of("emails", row.email or "") or None,
        phone=sight.of("phones", row.phone or "") or None,
        town=sight.of("addresses", row.town or "") or None,
    )


def _primary(of: QuerySet[Any, Any]) -> Subquery:
    return Subquery(of.filter(contact=OuterRef("pk"), is_primary=True)[:1])


def recently_changed(*, actor: Actor, most: int = 20) -> list[ContactRow]:
    """By the newest claim each was made from; before any is assembled, by newest GroupID."""
    require(actor, Permission.CONTACT_VIEW)
    active = Contact.objects.filter(state=Contact.State.ACTIVE).values_list("pk", flat=True)
    # By the index alone: a second key would sort all contacts that came with the same import.
    changed = active.filter(claims_received_at__isnull=False).order_by("-claims_received_at")
    ids = tuple(changed[:most]) or tuple(active.order_by("-pk")[:most])
    return in_order(ids, actor=actor)


def sources_by_id() -> dict[int, SourceSystem]:
    return {source.pk: source for source in SourceSystem.objects.all()}


def records_of(contact: Contact) -> tuple[SourceRecord, ...]:
    """By source order; the first `RECORDS_SHOWN`, without their claims as received, as whoever opened the
    contact may read them.
    """
    rows = SourceRecord.objects.of_contact(contact.pk).select_related("source").defer(*_HEAVY)
    return seen_records(rows.order_by("source__priority", "pk")[:RECORDS_SHOWN], sight_on(contact))


def opened(contact_id: int, *, actor: Actor) -> Contact:
    """The contact with its golden rows, as the actor may read it, in a fixed number of queries; retired ones
    too.
    """
    require(actor, Permission.CONTACT_VIEW)
    contacts = Contact.objects.defer("search").prefetch_related("emails", "phones", "addresses")
    contact = contacts.filter(pk=contact_id).first()
    if contact is None:
        raise NotFound("There is no contact with this GroupID.")
    return seen(contact, actor=actor)
