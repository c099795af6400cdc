"""Who is probably here already: contacts that share a match key with what is being typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts import local
from kith.contacts.models import Contact
from kith.matching.cleaning import CleanedRecord
from kith.matching.comparable import Comparable
from kith.matching.evidence import Recipe
from kith.matching.explainer import Step
from kith.matching.figures import Figures
from kith.matching.possible import PossibleDuplicate, resolve_one
from kith.matching.records import MATCHED
from kith.sources.models import SourceRecord

MOST_CANDIDATES: Final = 500
MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PossibleContact:
    contact: Contact
    is_certain: bool
    """The next run would group them."""
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    """What would have to agree as well, or speaks against it."""
    weight: float | None = None
    """log2 odds by the model."""
    probability: float | None = None
    evidence: tuple[Step, ...] = ()
    record: SourceRecord | None = None
    """The System Ref that agrees best."""


def possible_duplicates(cleaned: CleanedRecord, *, actor: Actor) -> tuple[PossibleContact, ...]:
    require(actor, Permission.CONTACT_VIEW)
    keys = local.keys_of(cleaned)
    if not keys:
        return ()
    rows = SourceRecord.objects.placed().filter(match_keys__overlap=keys)[:MOST_CANDIDATES]
    record_of = {row.pk: row for row in rows}
    typed = Comparable.from_row(
        {"record_id": 0, **local.as_table(cleaned).select(list(MATCHED)).to_pylist()[0]}
    )
    in_force = _in_force()
    others = [_comparable(row) for row in rows]
    found = resolve_one(typed, others, recipe=in_force.recipe, figures=in_force.figures)
    return _by_contact(found, record_of)


class Deciding(Protocol):
    @property
    def recipe(self) -> Recipe: ...

    @property
    def figures(self) -> Figures: ...


def _in_force() -> Deciding:
    """What decides now, which a room above keeps: `KITH_MATCHING_RECIPE`."""
    in_force: Callable[[], Deciding] = import_string(settings.KITH_MATCHING_RECIPE)
    return in_force()


def _by_contact(
    found: tuple[PossibleDuplicate, ...], record_of: dict[int, SourceRecord]
) -> tuple[PossibleContact, ...]:
    best: dict[int, PossibleDuplicate] = {}
    for duplicate in found:
        best.setdefault(record_of[duplicate.record_id].membership.contact_id, duplicate)
    shown = dict(list(best.items())[:MOST_SHOWN])
    contacts = Contact.objects.defer("search").in_bulk(list(shown))
    return tuple(
        PossibleContact(
            contacts[pk],
            duplicate.certain,
            duplicate.reasons,
            duplicate.missing,
            weight=duplicate.weight,
            probability=duplicate.probability,
            evidence=duplicate.evidence,
            record=record_of[duplicate.record_id],
        )
        for pk, duplicate in shown.items()
        if pk in contacts
    )


def _comparable(record: SourceRecord) -> Comparable:
    return Comparable.from_row({"record_id": record.pk, **{name: getattr(record, name) for name in MATCHED}})
