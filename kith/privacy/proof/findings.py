"""What a look through everything found, and what of it must not be there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from kith.privacy.proof.matching import Found
from kith.privacy.proof.whose import Whose

STATISTICS: Final = "statistics of "
"""What the planner remembers of a column: `statistics of table.column`."""
KEPT: Final = " (columns that stay)"
"""After a table: columns that are declared to stay, or to be about a colleague."""
ALSO_THEIRS: Final = frozenset(
    {
        "sources_sourcerecord",
        "sources_pastclaim",
        "sources_sourcetransaction",
        "accounts_linkeditem",
        "contacts_contact",
    }
)
"""A row of somebody else in these says the same of them: a phone of a family, the name of a namesake."""
OF_MANY: Final = 20
"""A value in more rows of others than these tells of nobody."""
MOST_HITS: Final = 200
"""Of others, that are named one by one in each place."""


@dataclass(frozen=True, slots=True)
class Hit:
    place: str
    """Table, or `file imports/…`."""
    key: str = ""
    """Primary key of the row; where in the table it lies (ctid) if the table is not ours."""
    is_of_another: bool = False
    """Somebody else has the same value, or is spoken with about the person; or it is declared to stay."""


@dataclass(slots=True)
class Looked:
    """What was looked through."""

    tables: dict[str, int] = field(default_factory=dict)
    """Rows."""
    files: int = 0
    bytes: int = 0


@dataclass(slots=True)
class Findings:
    unknown: tuple[str, ...] = ()
    """Tables that are neither ours nor known, and files that cannot be read: who knows what is in them."""
    looked: Looked = field(default_factory=Looked)
    _wrong: dict[UUID, dict[Hit, set[Found]]] = field(default_factory=lambda: defaultdict(dict))
    _own: dict[UUID, set[Hit]] = field(default_factory=lambda: defaultdict(set))
    _others: dict[UUID, dict[str, set[Hit]]] = field(default_factory=lambda: defaultdict(dict))
    _told: set[Found] = field(default_factory=set)
    _rows: Counter[Found] = field(default_factory=Counter)
    _places: dict[Found, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, hit: Hit, found: Iterable[Found], *, whose: Whose) -> None:
        for one in found:
            if whose is Whose.OWN:
                self._own[one.uid].add(hit)
            elif whose is Whose.NOBODYS:
                self._wrong[one.uid].setdefault(hit, set()).add(one)
            else:
                self._add_another(hit.place, hit.key, one)

    def of_many(self, place: str, found: Iterable[Found]) -> None:
        """In so many rows of a table that it is nobody's alone."""
        for one in found:
            self._rows[one] += OF_MANY + 1
            self._places[one].add(place)

    def of(self, uid: UUID) -> list[Hit]:
        """That must not be there."""
        wrong = [
            hit
            for hit, found in self._wrong[uid].items()
            if any(not self._is_allowed(one, hit) for one in found)
        ]
        return sorted({*self._own[uid], *wrong}, key=str)

    def mentions(self, uid: UUID) -> list[Hit]:
        """Rows of others that hold one of the values, `MOST_HITS` of each place."""
        return sorted((hit for hits in self._others[uid].values() for hit in hits), key=str)

    def _add_another(self, place: str, key: str, found: Found) -> None:
        self._rows[found] += 1
        self._places[found].add(place)
        if place in ALSO_THEIRS:
            self._told.add(found)
        hits = self._others[found.uid].setdefault(place, set())
        if len(hits) < MOST_HITS:
            hits.add(Hit(place, key, is_of_another=True))

    def _is_allowed(self, found: Found, hit: Hit) -> bool:
        """Somebody else's too; and the planner may remember what another row of the table says."""
        if found in self._told or self._rows[found] > OF_MANY:
            return True
        table = hit.place.removeprefix(STATISTICS).partition(".")[0]
        return hit.place.startswith(STATISTICS) and table in self._places[found]
