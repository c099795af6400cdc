"""What can be changed in bulk: what it may become, whom it concerns, how it is made and taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.settings.categories import categories_in_force
from kith.contacts.settings.supported_types import EMAILS, types_in_force
from kith.find.bulk.models import BulkChange, ChangedContact
from kith.golden import many, pieces
from kith.golden.pieces import Piece
from kith.golden.writing import entering
from kith.organisation import actions as organisation
from kith.organisation.models import OrgGroup, Ownership
from kith.organisation.queries import teams

Kind = BulkChange.Kind
State = ChangedContact.State
Choices = Sequence[tuple[str, str]]
NOTE: Final = "Bulk change {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was changed on one contact, and how it is taken back."""

    contact_id: int
    record_id: int
    override_id: int | None = None
    replaced: tuple[int, ...] = ()
    before_team: int | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    undone: frozenset[int]
    """Of the contacts as they were called then."""
    assembled: frozenset[int]
    """Contacts of now, whose golden records are to be made anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    kind: BulkChange.Kind
    field: str
    """The golden field whose right counts; '' where it is none."""
    choices: Callable[[], Choices]
    may_clear: bool
    now: str
    """SQL of what the contact `c` has now, as text; '' for nothing."""
    joins: str
    nothing: str
    """SQL: there is nothing to change it on."""
    mandatory: Callable[[], Collection[str]]
    """Values of `now` that may not go, where `is_last` holds."""
    is_last: str
    reads: Callable[[], Mapping[str, str]]
    """Values in words, those of today and of earlier."""
    make: Callable[[Actor, BulkChange, Sequence[int]], list[Made]]
    take_back: Callable[[Actor, BulkChange, Sequence[Made]], TakenBack]
    also_needs: Permission | None = None

    def words(self, value: str) -> str:
        return self.reads().get(value, value) if value else ""


def _by_override(
    field: str, pieces_of: Callable[[BulkChange, Sequence[int]], Mapping[int, Piece]]
) -> Callable[[Actor, BulkChange, Sequence[int]], list[Made]]:
    def make(actor: Actor, change: BulkChange, contact_ids: Sequence[int]) -> list[Made]:
        laid = many.lay_many(
            pieces_of(change, contact_ids),
            actor=actor,
            field=field,
            note=NOTE.format(change.pk),
            entering=entering(),
        )
        return [
            Made(
                contact_id=one.contact_id,
                record_id=one.record_id,
                override_id=one.override_id,
                replaced=one.replaced,
            )
            for one in laid
        ]

    return make


def _take_back_override(actor: Actor, change: BulkChange, made: Sequence[Made]) -> TakenBack:
    ours = {one.override_id: one for one in made if one.override_id is not None}
    lifted = many.lift_many({pk: one.replaced for pk, one in ours.items()}, actor=actor)
    return TakenBack(
        undone=frozenset(ours[one.override_id].contact_id for one in lifted),
        assembled=frozenset(pk for one in lifted for pk in one.contact_ids),
    )


def _categories(change: BulkChange, contact_ids: Sequence[int]) -> Mapping[int, Piece]:
    return dict.fromkeys(contact_ids, Piece(category=change.value or None))


def _email_types(change: BulkChange, contact_ids: Sequence[int]) -> Mapping[int, Piece]:
    """The primary e-mail, said again with its type, laid into the list that people made so far."""
    before = many.open_pieces(contact_ids, EMAILS)
    with connection.cursor() as cursor:
        cursor.execute(_PRIMARY_EMAILS, [list(contact_ids)])
        primary = dict(cursor.fetchall())
    return {
        pk: pieces.joined(
            before.get(pk),
            Piece(
                emails=[email], email_types=[change.value], leads=True, typed=_typed(before.get(pk), email)
            ),
            field=EMAILS,
        )
        for pk, email in primary.items()
    }


def _typed(before: Piece | None, email: str) -> list[str]:
    """Whoever typed the value itself goes on having typed it."""
    return [email] if before and email in before.get("typed", []) else []


_PRIMARY_EMAILS: Final = """
SELECT contact_id, value FROM contacts_contactemail WHERE contact_id = ANY(%s) AND is_primary
"""


def _own(actor: Actor, change: BulkChange, contact_ids: Sequence[int]) -> list[Made]:
    with connection.cursor() as cursor:
        cursor.execute(_OWNED, [list(contact_ids)])
        before = cursor.fetchall()
    records = [record_id for _, record_id, _ in before]
    organisation.give(actor=actor, record_ids=records, team_id=_team(change))
    rows = Ownership.objects.filter(record_id__in=records).values_list("record_id", "since")
    since = dict(rows)
    return [
        Made(contact_id=pk, record_id=record_id, before_team=team, since=since.get(record_id))
        for pk, record_id, team in before
    ]


def _give_back(actor: Actor, change: BulkChange, made: Sequence[Made]) -> TakenBack:
    """Where the ownership is the very one that was made, or there still is none."""
    wanted = _team(change)
    rows = Ownership.objects.select_for_update().filter(record_id__in=[one.record_id for one in made])
    standing = {
        pk: (team, since) for pk, team, since in rows.values_list("record_id", "org_group_id", "since")
    }
    there = set(OrgGroup.objects.values_list("pk", flat=True))
    ours = [
        one
        for one in made
        if standing.get(one.record_id) == (None if wanted is None else (wanted, one.since))
        and (one.before_team is None or one.before_team in there)
    ]
    for team in {one.before_team for one in ours}:
        theirs = [one.record_id for one in ours if one.before_team == team]
        organisation.give(actor=actor, record_ids=theirs, team_id=team)
    return TakenBack(undone=frozenset(one.contact_id for one in ours), assembled=frozenset())


def _team(change: BulkChange) -> int | None:
    return int(change.value) if change.value else None


_OWNED: Final = """
SELECT c.id, c.primary_record_id, o.org_group_id FROM contacts_contact c
LEFT JOIN organisation_ownership o ON o.record_id = c.primary_record_id
WHERE c.id = ANY(%s) ORDER BY c.id
"""


def _category_choices() -> Choices:
    return categories_in_force().choices()


def _category_words() -> Mapping[str, str]:
    return {one.category.code: one.path for one in categories_in_force().tree()}


def _team_choices() -> Choices:
    return [(str(one.id), str(one)) for one in teams()]


def _type_choices() -> Choices:
    return [(one.code, one.label) for one in types_in_force().emails if one.active]


def _type_words() -> Mapping[str, str]:
    return {one.code: one.label for one in types_in_force().emails}


def _mandatory_types() -> Collection[str]:
    return {one.code for one in types_in_force().missing(EMAILS, ())}


def _none() -> Collection[str]:
    return ()


_CHANGES: Final[Mapping[str, Changing]] = {
    one.kind: one
    for one in (
        Changing(
            kind=Kind.CATEGORY,
            field="category",
            choices=_category_choices,
            may_clear=True,
            now="coalesce(c.category, '')",
            joins="",
            nothing="c.primary_record_id IS NULL",
            mandatory=_none,
            is_last="false",
            reads=_category_words,
            make=_by_override("category", _categories),
            take_back=_take_back_override,
        ),
        Changing(
            kind=Kind.OWNER,
            field="",
            choices=_team_choices,
            may_clear=True,
            now="coalesce(o.org_group_id::text, '')",
            joins="LEFT JOIN organisation_ownership o ON o.record_id = c.primary_record_id",
            nothing="c.primary_record_id IS NULL",
            mandatory=_none,
            is_last="false",
            reads=lambda: dict(_team_choices()),
            make=_own,
            take_back=_give_back,
            also_needs=Permission.CONTACT_OWN,
        ),
        Changing(
            kind=Kind.EMAIL_TYPE,
            field=EMAILS,
            choices=_type_choices,
            may_clear=False,
            now="upper(coalesce(e.type, ''))",
            joins="LEFT JOIN contacts_contactemail e ON e.contact_id = c.id AND e.is_primary",
            nothing="e.id IS NULL",
            mandatory=_mandatory_types,
            is_last="NOT EXISTS (SELECT 1 FROM contacts_contactemail b WHERE b.contact_id = c.id"
            " AND NOT b.is_primary AND upper(b.type) = upper(e.type))",
            reads=_type_words,
            make=_by_override(EMAILS, _email_types),
            take_back=_take_back_override,
        ),
    )
}


def changing(kind: str) -> Changing:
    return _CHANGES[kind]


def every() -> Iterable[Changing]:
    return _CHANGES.values()
