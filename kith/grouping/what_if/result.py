"""What a shadow run found: counts, and examples as ids. No value of any contact is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, Self, cast

MOST_EXAMPLES: Final = 20
"""Kept of each kind."""
GOLDEN_PREFIX: Final = "golden-"
"""Before a golden field's name: the kind of contacts whose value of that field changes."""

LABELS: Final[dict[str, str]] = {
    "joined": "Contacts made of several",
    "split": "Contacts that come apart",
    "retired": "GroupIDs that retire",
    "new": "New GroupIDs",
    "golden": "Contacts whose golden record changes",
    "protected": "Contacts that become suppressed",
    "opted-out": "Contacts that opt-outs newly hold for",
    "freed": "Contacts with a part that an opt-out no longer holds for",
    "asked": "Pairs newly asked for review",
    "no-longer-asked": "Pairs no longer asked",
    "doubted": "Strong pairs newly not followed",
    "wrong": "Known pairs it gets wrong",
    "changed": "Known pairs on which it differs from now",
}

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A contact as it would be afterwards."""

    group_id: int | None
    """None: a new GroupID."""
    records: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    contacts: tuple[int, ...]
    """GroupIDs as they are now."""
    parts: tuple[Part, ...] = ()
    pair: Pair | None = None
    """The two System Refs on which most hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    records: int
    waiting: int
    """System Refs that changed since the last run: that run would take them in too."""
    placed: int
    """System Refs that get their first GroupID."""
    contacts_now: int
    contacts_then: int
    moved: int
    """System Refs that get another GroupID."""
    joined: int
    """Contacts that several become."""
    joining: int
    """Contacts, as they are now, that would go into those."""
    split: int
    retired: int
    new: int
    asked: int
    no_longer_asked: int
    doubted: int
    golden: int
    protected: int
    opted_out: int
    freed: int
    """Contacts that an opt-out holds for now, and not for all of what they would be part of."""
    decisions: int
    """Of people, in force; all are followed."""
    decisions_against: int
    """Of those, how many the evidence alone would have decided the other way."""
    changed_groups: int
    """As the circuit breaker counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Known pairs of one verdict."""

    pairs: int
    right_now: int
    right_then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    counts: Counts
    fields: Mapping[str, int]
    """Contacts by the golden field that changes."""
    held: str
    """What the circuit breaker would say; '' when it would let the run go."""
    milliseconds: Mapping[str, int]
    """By stage."""
    kept_milliseconds: Mapping[str, int]
    """Of the last run that compared everything; empty when there was none."""
    same: Known
    different: Known
    known_wrong: tuple[int, ...]
    """Ids of known pairs that the candidate gets wrong."""
    known_changed: tuple[int, ...]
    state: str
    """`candidate.state_of_data` when it was read."""
    examples: Mapping[str, tuple[Example, ...]]

    def count(self, kind: str) -> int:
        if kind.startswith(GOLDEN_PREFIX):
            return self.fields.get(kind.removeprefix(GOLDEN_PREFIX), 0)
        counted = {"wrong": len(self.known_wrong), "changed": len(self.known_changed)}
        return counted.get(kind, 0) or int(getattr(self.counts, kind.replace("-", "_"), 0))

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, object]) -> Self:
        """Of what `to_json` made, also before Kith counted all that it counts now."""
        kinds = cast("Mapping[str, Sequence[Mapping[str, object]]]", said["examples"])
        return cls(
            counts=Counts(**dict.fromkeys(_COUNTED, 0) | _counted(said["counts"])),
            fields=_numbers(said["fields"]),
            held=str(said["held"]),
            milliseconds=_numbers(said["milliseconds"]),
            kept_milliseconds=_numbers(said["kept_milliseconds"]),
            same=Known(**_numbers(said["same"])),
            different=Known(**_numbers(said["different"])),
            known_wrong=_ids(said["known_wrong"]),
            known_changed=_ids(said["known_changed"]),
            state=str(said["state"]),
            examples={kind: tuple(_example(one) for one in found) for kind, found in kinds.items()},
        )


_COUNTED: Final = frozenset(field.name for field in fields(Counts))


def _counted(said: object) -> dict[str, int]:
    return {name: number for name, number in _numbers(said).items() if name in _COUNTED}


def _numbers(said: object) -> dict[str, int]:
    return dict(cast("Mapping[str, int]", said))


def _ids(said: object) -> tuple[int, ...]:
    return tuple(cast("Sequence[int]", said))


def _example(said: Mapping[str, object]) -> Example:
    parts = cast("Sequence[Mapping[str, object]]", said["parts"])
    pair = _ids(said["pair"]) if said["pair"] else ()
    return Example(
        contacts=_ids(said["contacts"]),
        parts=tuple(Part(cast("int | None", one["group_id"]), _ids(one["records"])) for one in parts),
        pair=(pair[0], pair[1]) if pair else None,
    )
