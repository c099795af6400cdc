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
from kith.matching.possible import PossibleDuplicate, resolve_one
from kith.matching.records import MATCHED
from kith.matching.rules import RuleSet
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


def possible_duplicates(cleaned: CleanedRecord, *, actor: Actor) -> tuple[PossibleContact, ...]:
    require(actor, Permission.CONTACT_VIEW)
    keys = local.keys_of(cleaned)
    if not keys:
        return ()
    rows = SourceRecord.objects.placed().filter(match_keys__overlap=keys)[:MOST_CANDIDATES]
    contact_of = {row.pk: row.membership.contact_id for row in rows}
    typed = Comparable.from_row(
        {"record_id": 0, **local.as_table(cleaned).select(list(MATCHED)).to_pylist()[0]}
    )
    found = resolve_one(typed, [_comparable(row) for row in rows], rules=_rules())
    return _by_contact(found, contact_of)


class HoldsRules(Protocol):
    @property
    def rules(self) -> RuleSet: ...


def _rules() -> RuleSet:
    """Those in force, which a room above keeps: `KITH_MATCHING_RULES`."""
    in_force: Callable[[], HoldsRules] = import_string(settings.KITH_MATCHING_RULES)
    return in_force().rules


def _by_contact(
    found: tuple[PossibleDuplicate, ...], contact_of: dict[int, int]
) -> tuple[PossibleContact, ...]:
    best: dict[int, PossibleDuplicate] = {}
    for duplicate in found:
        best.setdefault(contact_of[duplicate.record_id], duplicate)
    shown = dict(list(best.items())[:MOST_SHOWN])
    contacts = Contact.objects.defer("search").in_bulk(list(shown))
    return tuple(
        PossibleContact(contacts[pk], duplicate.certain, duplicate.reasons, duplicate.missing)
        for pk, duplicate in shown.items()
        if pk in contacts
    )


def _comparable(record: SourceRecord) -> Comparable:
    return Comparable.from_row({"record_id": record.pk, **{name: getattr(record, name) for name in MATCHED}})
