"""What a person asks for, as data: previewed, applied at once, queued, sent through the API."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, TypeAlias

from kith.kernel.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The children join the master. GroupIDs, each once."""

    master: int
    children: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungroup:
    """Every System Ref gets a GroupID of its own (K17)."""

    contact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The contact falls into these parts, lists of record ids that hold each of its System Refs once. The
    largest part (of equal ones the one with the primary System Ref, then the first) keeps the GroupID.
    """

    contact: int
    parts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRef:
    """One System Ref (record id) leaves its contact for another one (GroupID)."""

    record: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepApart:
    """These contacts are not one: no run will group any two of them. GroupIDs, each once."""

    contacts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take an operation back."""

    operation: int


Intent: TypeAlias = Group | Ungroup | Split | MoveRef | KeepApart | Undo

KINDS: Final[dict[str, type[Intent]]] = {
    "group": Group,
    "ungroup": Ungroup,
    "split": Split,
    "move": MoveRef,
    "keep_apart": KeepApart,
    "undo": Undo,
}


def kind_of(intent: Intent) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(intent, kind))


def to_json(intent: Intent) -> dict[str, object]:
    return {"kind": kind_of(intent), **asdict(intent)}


def from_json(said: dict[str, object]) -> Intent:
    """Raises Refused for what `to_json` cannot have made."""
    rest = {name: _tuples(value) for name, value in said.items() if name != "kind"}
    try:
        return KINDS[str(said.get("kind"))](**rest)  # type: ignore[arg-type]  # shapes are as they were written
    except (KeyError, TypeError) as error:
        raise Refused("Kith cannot read this request.") from error


def _tuples(value: object) -> object:
    return tuple(_tuples(one) for one in value) if isinstance(value, list | tuple) else value
