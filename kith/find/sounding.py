"""Names that sound like those asked for: `Katerina Papas` finds Αικατερίνη Παππά. Behind the exact ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import JaroWinkler

from kith.contacts.asking import Value
from kith.contacts.rights.rules import Sight
from kith.contacts.search import words_to_hear
from kith.find.choosing import chosen
from kith.find.listing import LOOKED_AT
from kith.find.searches import TEXT, Search
from kith.matching.cleaning.text import fold_words
from kith.matching.nickname_groups import same_person_name

MOST: Final = 25
_KEY: Final = "sounds_like"
_NAMED: Final = (TEXT, "name", "first_name", "last_name")
_ALIKE_ENOUGH: Final = 0.78
"""Of 1; below it names share a sound and little else: Papas and Popova."""


def names_in(search: Search) -> str:
    """What it asks for that can be heard; '' where that is nothing."""
    text = " ".join(search.values[key].text for key in _NAMED if key in search.values)
    return text if _KEY not in search.values and words_to_hear(text) else ""


def by_sound(search: Search) -> Search | None:
    """The same search by the sound of its names; None where it asks for none."""
    text = names_in(search)
    if not text:
        return None
    others = {key: value for key, value in search.values.items() if key not in _NAMED}
    return search.with_values({**others, _KEY: Value(text=text)})


def alike(search: Search, *, sight: Sight) -> tuple[int, ...]:
    """GroupIDs, the most alike first, without those that the search finds itself."""
    heard = by_sound(search)
    if heard is None:
        return ()
    exact = set(chosen(search, sight=sight).values_list("pk", flat=True)[:LOOKED_AT])
    wanted = fold_words(heard.values[_KEY].text)
    candidates = chosen(heard, sight=sight).values_list("name", "pk")[: 2 * LOOKED_AT]
    scored = [(_alikeness(wanted, fold_words(name)), pk) for name, pk in candidates if pk not in exact]
    near = sorted((-score, pk) for score, pk in scored if score >= _ALIKE_ENOUGH)
    return tuple(pk for _, pk in near[:MOST])


def _alikeness(wanted: Sequence[str], words: Sequence[str]) -> float:
    """From 0 to 1: how near each word comes to its nearest, on average."""
    if not words:
        return 0.0
    return sum(max(_near(word, other) for other in words) for word in wanted) / len(wanted)


def _near(word: str, other: str) -> float:
    if same_person_name(word, other):
        return 1.0
    return float(JaroWinkler.similarity(word, other))
