"""C2, C3: no two contacts agree in all fields of a combination; who is typed in has one of them complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.contacts.checks.identity import Identity, same_as
from kith.contacts.search import SHORTEST_NUMBER
from kith.contacts.settings.uniqueness import LABELS, Combination, Uniqueness
from kith.kernel.decision import sentence
from kith.kernel.errors import Refused
from kith.web.formats import group_id

_LOCK: Final = 5_287_414_913
_CLAIM_FIELD: Final = {"email": "email_1", "phone": "phone_1"}


@dataclass(frozen=True, slots=True)
class Clash:
    contact_id: int
    words: str
    """What both have: `last name and ID number`."""
    fields: tuple[str, ...] = ()
    guessable: frozenset[str] = frozenset()
    """Those of them whose value is so short that one finds it by trying."""


class ThereAlready(Refused):
    """There is such a contact already: open it, or group with it instead."""

    def __init__(self, message: str, *, contact_ids: Iterable[int]) -> None:
        super().__init__(message)
        self.contact_ids = tuple(contact_ids)
        self.keep: Callable[[], None] | None = None
        """Writes into the trail what this tells; again where that was rolled back with everything else."""


class NotUnique(ThereAlready):
    """The uniqueness rule says so."""

    def __init__(self, clashes: Sequence[Clash], *, others: Sequence[str] = ()) -> None:
        """`others`: what contacts have that whoever saves may not be told of (`telling`)."""
        reasons = tuple(f"GroupID {group_id(one.contact_id)} has the same {one.words}" for one in clashes)
        reasons += tuple(f"another contact has the same {words}" for words in others)
        super().__init__(sentence(reasons), contact_ids=[one.contact_id for one in clashes])
        self.clashes = tuple(clashes)


def lock() -> None:
    """Until the transaction ends nobody else is compared: of two who type the same, the second sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def clashes(
    rule: Uniqueness,
    after: Identity,
    *,
    before: Identity | None = None,
    allowed: frozenset[int] = frozenset(),
) -> tuple[Clash, ...]:
    """Of the combinations that are other than `before`: who clashed all along does not stop other edits."""
    found: dict[int, Clash] = {}
    for combination in rule.of(after.kind):
        if before is not None and not _differs(combination, before, after):
            continue
        for contact_id in same_as(after, combination):
            if contact_id not in allowed:
                found.setdefault(contact_id, _clash(contact_id, combination, after))
    return tuple(found.values())


def _clash(contact_id: int, combination: Combination, after: Identity) -> Clash:
    short = (one for one in combination.fields if len(after.values[one]) < SHORTEST_NUMBER)
    return Clash(contact_id, combination.words, combination.fields, frozenset(short))


def _differs(combination: Combination, before: Identity, after: Identity) -> bool:
    return any(before.values.get(field) != after.values.get(field) for field in combination.fields)


def is_complete(rule: Uniqueness, identity: Identity) -> bool:
    combinations = rule.of(identity.kind)
    return not combinations or any(identity.has(one) for one in combinations)


def missing(rule: Uniqueness, identity: Identity) -> Refused | None:
    """None where at least one combination is filled in."""
    if is_complete(rule, identity):
        return None
    combinations = rule.of(identity.kind)
    if len(combinations) > 1:
        return Refused(f"Fill in {'; or '.join(one.words for one in combinations)}.")
    fields = dict(_mandatory(combinations[0], identity.values))
    return Refused(" ".join(fields.values()), fields=fields)


def _mandatory(combination: Combination, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field in combination.fields:
        if field not in values:
            yield _CLAIM_FIELD.get(field, field), f"{LABELS[field]} is mandatory."
