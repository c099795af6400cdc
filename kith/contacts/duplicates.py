"""Who is probably here already: contacts that share a match key with what is being typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts import local, looking_up
from kith.contacts.candidates import Candidate, candidates_of
from kith.contacts.models import Contact
from kith.contacts.rights.rules import IDENTITY
from kith.contacts.rights.seeing import seen_all
from kith.matching.cleaning import CleanedRecord
from kith.matching.evidence import Recipe
from kith.matching.explainer import Step
from kith.matching.figures import Figures
from kith.matching.keys import match_keys_of
from kith.matching.possible import Resolved

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
    record: Candidate | None = None
    """The System Ref that agrees best."""


def possible_duplicates(cleaned: CleanedRecord, *, actor: Actor) -> tuple[PossibleContact, ...]:
    require(actor, Permission.CONTACT_VIEW)
    typed = local.comparable(cleaned)
    candidates = candidates_of(match_keys_of(typed))
    if not candidates:
        return ()
    in_force = _in_force()
    records = [candidate.record for candidate in candidates]
    found = Resolved(typed, records, recipe=in_force.recipe, figures=in_force.figures)
    by_record = {candidate.record.record_id: candidate for candidate in candidates}
    best: dict[int, Candidate] = {}
    for record_id in found.ids:
        candidate = by_record[record_id]
        best.setdefault(candidate.contact_id, candidate)
        if len(best) == MOST_SHOWN:
            break
    numbers = [one for name in IDENTITY if (one := getattr(cleaned, name, None))]
    looking_up.note(list(best), numbers=numbers, by=actor, through="duplicates")
    return tuple(_shown(found, best, actor=actor))


class Deciding(Protocol):
    @property
    def recipe(self) -> Recipe: ...

    @property
    def figures(self) -> Figures: ...


def _in_force() -> Deciding:
    """What decides now, which a room above keeps: `KITH_MATCHING_RECIPE`."""
    in_force: Callable[[], Deciding] = import_string(settings.KITH_MATCHING_RECIPE)
    return in_force()


def _shown(found: Resolved, best: Mapping[int, Candidate], *, actor: Actor) -> Iterator[PossibleContact]:
    contacts = seen_all(Contact.objects.defer("search").in_bulk(list(best)), actor=actor)
    for pk, candidate in best.items():
        if pk not in contacts:
            continue
        duplicate = found.told(candidate.record.record_id)
        yield PossibleContact(
            contacts[pk],
            duplicate.certain,
            duplicate.reasons,
            duplicate.missing,
            weight=duplicate.weight,
            probability=duplicate.probability,
            evidence=duplicate.evidence,
            record=candidate,
        )
