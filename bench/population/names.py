"""Given names and surnames as comparable keys, with all the ways they get written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from bench.population.columns import chance
from kith.demo import pools
from kith.demo.pools import Ints, Mask, Random
from kith.matching.cleaning.names import read_first_name, read_last_name
from kith.matching.cleaning.text import fold
from kith.matching.nickname_groups import all_groups

VARIANTS: Final = 8
"""Ways to write one given name: 0 in its own script, 1 in Latin, the others nicknames and other spellings."""
OTHER_SCRIPTS: Final = ("el", "uk", "ar", "ja")

# surname = prefix + stem of a known surname + ending; '' leaves the piece out
PREFIXES: Final = {
    "el": ("", "", "", "papa", "hadji", "kara", "mavro", "kalo"),
    "de": ("", "", "", "ober", "nieder", "neu"),
    "nl": ("", "", "", "van", "vander", "de"),
    "fr": ("", "", "", "de", "le", "saint"),
    "ga": ("", "", "o", "mac"),
    "ar": ("", "", "al", "el", "bin"),
}
ENDINGS: Final = {
    "el": ("ides", "ou", "akis", "opoulos", "atos", "eas", "akos", "iotis", "elis", "oglou", "aris", "is"),
    "en": ("ham", "worth", "ington", "shaw", "dale", "ridge", "more", "man", "croft", "hurst", "gate", "s"),
    "de": ("mann", "inger", "ler", "hauser", "stein", "brandt", "hardt", "ke", "auer", "wald"),
    "nl": ("sma", "stra", "inga", "huis", "veld", "kamp", "ers", "aar", "mans", "beek"),
    "fr": ("eau", "ier", "ard", "elle", "ois", "oux", "ac", "igny", "in", "ette"),
    "es": ("ez", "ero", "illa", "ada", "osa", "ales", "edo", "ano", "al", "uela"),
    "ga": ("an", "ley", "nessy", "gan", "nell", "ty", "hy", "gher"),
    "pl": ("ski", "cki", "wicz", "czyk", "ak", "ik", "ek", "owski", "inski", "ecki"),
    "uk": ("enko", "chuk", "skyi", "yshyn", "iak", "ko", "uk", "chenko", "ets", "ovych"),
    "ar": ("i", "an", "awi", "ani", "iya", "oun", "eh", "ouri"),
    "ja": ("moto", "saki", "hara", "mura", "shita", "zawa", "no", "bashi", "guchi", "mori"),
}
RESPELLINGS: Final = (
    ("gi", "yi"), ("y", "i"), ("ou", "u"), ("ch", "h"), ("k", "c"), ("ph", "f"), ("ei", "i"), ("x", "ks"),
    ("ios", "is"), ("dj", "tz"), ("th", "t"), ("v", "b"), ("i", "y"), ("f", "ph"), ("u", "ou"), ("c", "k"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Surnames:
    """One per person: `entry` of the demo's pool; `tail` 0 as it is, otherwise which composed surname."""

    entry: Ints
    tail: Ints

    def where(self, mask: Mask, other: Surnames) -> Surnames:
        return Surnames(np.where(mask, self.entry, other.entry), np.where(mask, self.tail, other.tail))

    def of(self, rows: Ints) -> Surnames:
        return Surnames(self.entry[rows], self.tail[rows])


def draw_surnames(rng: Random, *, culture: Ints, rare: float) -> Surnames:
    entry = pools.family_names().draw(rng, groups=culture)
    spread = rng.integers(0, len(pools.family_names().words[0]), len(culture))
    starts = pools.family_names().starts
    sizes = np.diff(np.append(starts, len(pools.family_names().words[0])))
    anywhere = starts[culture] + spread % sizes[culture]
    tail = np.where(chance(rng, rare, count=len(culture)), 1 + rng.integers(0, 1 << 20, len(culture)), 0)
    return Surnames(np.where(tail > 0, anywhere, entry), tail)


def written_surnames(surnames: Surnames, *, culture: Ints, woman: Mask, latin: Mask) -> pl.Series:
    entries = len(pools.family_names().words[0])
    form = latin.astype(np.int64) * 2 + woman
    plain = _surname_forms().gather(pl.Series(form * entries + surnames.entry))
    rare = np.flatnonzero(surnames.tail)
    if not len(rare):
        return plain
    kind, number, stems = culture[rare], surnames.tail[rare], _stems().gather(surnames.entry[rare])
    composed = (
        _piece(PREFIXES, kind=kind, number=number) + stems + _piece(ENDINGS, kind=kind, number=number // 8)
    )
    return plain.scatter(pl.Series(rare), composed)


def _piece(pieces: dict[str, tuple[str, ...]], *, kind: Ints, number: Ints) -> pl.Series:
    groups = [pieces.get(culture, ("",)) for culture in pools.CULTURES]
    sizes = np.array([len(group) for group in groups])
    flat = pl.Series([piece for group in groups for piece in group])
    return flat.gather(pl.Series((np.cumsum(sizes) - sizes)[kind] + number % sizes[kind]))


@cache
def _surname_forms() -> pl.Series:
    words = [word for form in pools.family_names().words[:4] for word in form]
    return pl.Series([read_last_name(word).key or fold(word) for word in words])


@cache
def _stems() -> pl.Series:
    latin = [fold(word) for word in pools.family_names().words[pools.FAMILY_LATIN]]
    return pl.Series([word[: max(3, len(word) - 2)].rstrip("aeiouy") or word for word in latin])


def written_given(entries: Ints, *, variant: Ints) -> pl.Series:
    return _given_variants().gather(pl.Series(variant * len(pools.given_names().words[0]) + entries))


@cache
def _given_variants() -> pl.Series:
    words = pools.given_names().words
    known = [[read_first_name(word).key or fold(word) for word in form] for form in words[: pools.GIVEN_KEY]]
    others = [_others(list(spellings)) for spellings in zip(*known, strict=True)]
    extra = [[pair[place] for pair in others] for place in range(VARIANTS - len(known))]
    return pl.Series([word for form in (*known, *extra) for word in form])


def _others(spellings: Sequence[str]) -> list[str]:
    """Two more names that stand for the same, from the product's own nickname list where it has some."""
    found = {
        name
        for group in all_groups().get(spellings[0], frozenset())
        for name in _names_by_group()[group]
        if name not in spellings
    }
    return [*sorted(found)[:2], *spellings[:2]][:2]


@cache
def _names_by_group() -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for name, groups in all_groups().items():
        for group in groups:
            members[group].append(name)
    return members


def respelt(rng: Random, *, of: pl.Series, where: Mask) -> pl.Series:
    """Another transliteration of the same name, where one of the usual exchanges fits it."""
    rows = np.flatnonzero(where)
    if not len(rows):
        return of
    rule = pl.Series(rng.integers(0, len(RESPELLINGS), len(rows)))
    words = of.gather(pl.Series(rows))
    for number, (old, new) in enumerate(RESPELLINGS):
        changed = words.str.replace(old, new, literal=True)
        words = pl.select(pl.when(rule == number).then(changed).otherwise(words)).to_series()
    return of.clone().scatter(pl.Series(rows), words)


def is_respellable(culture: Ints) -> Mask:
    return np.asarray(np.isin(culture, [pools.CULTURES.index(c) for c in OTHER_SCRIPTS]), dtype=np.bool_)
