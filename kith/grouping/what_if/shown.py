"""Examples for the eye. Names and golden values are worked out when somebody looks, and never kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.sections import privacy_levels
from kith.contacts.rights.seeing import NOTHING, seen_all, sight_on
from kith.golden import opt_outs
from kith.golden.assembly import Supposed, preview, preview_supposed
from kith.golden.rules import FIELD_LABELS, FIELDS
from kith.golden.versions import rules_in_force as golden_in_force
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.queries import records_of
from kith.grouping.what_if.result import Example, Part
from kith.sources.models import SourceRecord

MOST_REFS: Final = 12
"""Listed of each contact; and as many contacts of each example."""

Golden = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    now: tuple[str, ...]
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPart:
    group_id: int | None
    refs: tuple[SourceRecord, ...]
    size: int
    rows: tuple[Row, ...]
    """Golden fields that would read differently."""

    @property
    def more(self) -> int:
        return self.size - len(self.refs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExample:
    contacts: tuple[Contact, ...]
    more_contacts: int
    """Beyond those."""
    parts: tuple[ShownPart, ...]
    left: SourceRecord | None
    right: SourceRecord | None


def shown(examples: Sequence[Example], *, candidate: Candidate, actor: Actor) -> list[ShownExample]:
    """A fixed number of queries."""
    ids = {group_id for one in examples for group_id in one.contacts}
    ids |= {part.group_id for one in examples for part in one.parts if part.group_id is not None}
    contacts = seen_all(Contact.objects.defer("search").in_bulk(ids), actor=actor)
    records = records_of(_listed(examples))
    may_see = actor.may(Permission.CONTACT_VIEW)
    values = _Values.of(examples, contacts, candidate) if may_see else _Values({}, {}, {})
    return [
        ShownExample(
            contacts=tuple(contacts[pk] for pk in one.contacts[:MOST_REFS] if pk in contacts),
            more_contacts=max(len(one.contacts) - MOST_REFS, 0),
            parts=tuple(_part(part, one, records, values) for part in one.parts),
            left=records.get(one.pair[0]) if one.pair else None,
            right=records.get(one.pair[1]) if one.pair else None,
        )
        for one in examples
    ]


def _listed(examples: Sequence[Example]) -> set[int]:
    ends = {end for one in examples if one.pair for end in one.pair}
    return ends | {pk for one in examples for part in one.parts for pk in part.records[:MOST_REFS]}


def _part(part: Part, example: Example, records: Mapping[int, SourceRecord], values: _Values) -> ShownPart:
    return ShownPart(
        group_id=part.group_id,
        refs=tuple(records[pk] for pk in part.records[:MOST_REFS] if pk in records),
        size=len(part.records),
        rows=values.rows(part, example),
    )


@dataclass(frozen=True, slots=True)
class _Values:
    before: Mapping[int, Golden]
    """By GroupID."""
    after: Mapping[tuple[int, ...], Golden]
    """By the System Refs of the contact."""
    contacts: Mapping[int, Contact]
    """As the reader may read them."""

    @classmethod
    def of(
        cls, examples: Sequence[Example], contacts: Mapping[int, Contact], candidate: Candidate
    ) -> _Values:
        rules = golden_in_force()
        ids = [pk for pk, contact in contacts.items() if contact.state == Contact.State.ACTIVE]
        parts = list({part.records: part for one in examples for part in one.parts}.values())
        supposed = [_supposed(key, part, contacts) for key, part in enumerate(parts)]
        apart = [pk for one in examples if len(one.parts) > 1 for pk in one.contacts]
        kept = opt_outs.to_keep(apart) if apart else None
        after = preview_supposed(supposed, rules=candidate.golden or rules, kept=kept)
        return cls(
            before=preview(ids, rules=rules),
            after={part.records: after[key] for key, part in enumerate(parts) if key in after},
            contacts=contacts,
        )

    def rows(self, part: Part, example: Example) -> tuple[Row, ...]:
        before = [self.before[pk] for pk in example.contacts if pk in self.before]
        after = self.after.get(part.records, {})
        if not after:
            return ()
        changed = (
            (field, tuple(dict.fromkeys(one.get(field, "") for one in before)), after.get(field, ""))
            for field in FIELDS
        )
        sight = self.sight_over((*example.contacts, *filter(None, (part.group_id,))))
        return tuple(
            Row(
                label=FIELD_LABELS[field],
                now=tuple(sight.of(field, text) for text in now),
                then=sight.of(field, then),
            )
            for field, now, then in changed
            if any(one != then for one in now)
        )

    def sight_over(self, group_ids: Iterable[int]) -> Sight:
        """Of contacts that are read as one, the one that shows the least."""
        found = [self.contacts[pk] for pk in group_ids if pk in self.contacts]
        levels = [sight.level or "" for one in found if (sight := sight_on(one)) is not None]
        strictest = privacy_levels().strictest(levels) if levels else ""
        return sight_on(found[0]).at(strictest) if found else NOTHING


def _supposed(key: int, part: Part, contacts: Mapping[int, Contact]) -> Supposed:
    contact = contacts.get(part.group_id or 0)
    if contact is None:
        return Supposed(key=key, record_ids=part.records)
    return Supposed(
        key=key,
        record_ids=part.records,
        primary_record_id=contact.primary_record_id if contact.primary_chosen else None,
        leading_record_ids=tuple(contact.leading_record_ids),
    )
