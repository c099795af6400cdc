"""One reader's sight on many contacts: of each by its privacy level and kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kith.contacts.rights.levels import levels_of
from kith.contacts.rights.rules import Sight


@dataclass(slots=True)
class Eyes:
    sight: Sight
    _known: dict[tuple[str, str], Sight] = field(default_factory=dict)

    def on(self, kinds: Mapping[int, str]) -> Mapping[int, Sight]:
        """By GroupID; of each, its kind."""
        levels = levels_of(kinds)
        return {pk: self._at(levels.get(pk, ""), kind) for pk, kind in kinds.items()}

    def _at(self, level: str, kind: str) -> Sight:
        if (level, kind) not in self._known:
            self._known[level, kind] = self.sight.at(level, kind=kind)
        return self._known[level, kind]
