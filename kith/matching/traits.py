"""What follows from a text alone, worked out once for each text: sounds, first letters, nicknames."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.nickname_groups import all_groups, genders
from kith.matching.phonetics import skeletons, sound_keys
from kith.matching.prepared import Codes, Ints, Lists, Mask, Texts

_PART: Final = 3
_GENDERS: Final = {"female": 1, "male": 2}


def _spelt_alike() -> npt.NDArray[np.int8]:
    letters = np.arange(128, dtype=np.int8)
    for spellings in ("ckqx", "eijy", "fp", "bvw", "sz", "ouw"):
        letters[[ord(letter) for letter in spellings]] = ord(spellings[0])
    return letters


_SPELT_ALIKE: Final = _spelt_alike()


@dataclass(frozen=True, slots=True)
class _Genders:
    names: pa.Array
    genders: npt.NDArray[np.int8]
    """One per name, and 0 at the end for a name that is not there."""


@cache
def _known_genders() -> _Genders:
    known = genders()
    codes = [_GENDERS[gender] for gender in known.values()]
    return _Genders(pa.array(list(known), pa.string()), np.array([*codes, 0], dtype=np.int8))


@cache
def _known_groups() -> tuple[pa.Array, Lists]:
    """Every name that stands in a group, and the groups of each."""
    groups = all_groups()
    return pa.array(list(groups), pa.string()), listed([sorted(held) for held in groups.values()])


class NameTraits:
    """Columns by name code."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    @cached_property
    def is_initial(self) -> Mask:
        return np.asarray(pc.equal(pc.utf8_length(self._texts.arrow), 1).to_numpy(zero_copy_only=False), bool)

    @cached_property
    def first_letter(self) -> npt.NDArray[np.int8]:
        """0 for what does not begin with an ASCII letter."""
        letters = pc.utf8_slice_codeunits(self._texts.arrow, 0, 1)
        codes, distinct = encoded(letters)
        values = [ord(letter) if letter.isascii() and letter else 0 for letter in distinct.all()]
        return np.array([*values, 0], dtype=np.int8)[codes]

    @cached_property
    def initial_sound(self) -> npt.NDArray[np.int8]:
        """The first letter, one for all that a sound is spelt with across languages."""
        return _SPELT_ALIKE[self.first_letter]

    @cached_property
    def gender(self) -> npt.NDArray[np.int8]:
        """Of first names that only women (1) or only men (2) bear; 0 for others."""
        words = pc.list_element(pc.split_pattern(self._texts.arrow, " ", max_splits=1), 0)
        places = pc.index_in(words, _known_genders().names).fill_null(-1).to_numpy(zero_copy_only=False)
        return _known_genders().genders[places]

    @cached_property
    def beginning(self) -> Codes:
        """A code of the first three letters; -1 for shorter names."""
        return self._three_letters(0, _PART)

    @cached_property
    def ending(self) -> Codes:
        return self._three_letters(-_PART, None)

    def _three_letters(self, start: int, stop: int | None) -> Codes:
        long = pc.greater_equal(pc.utf8_length(self._texts.arrow), _PART)
        return codes_of(pc.if_else(long, pc.utf8_slice_codeunits(self._texts.arrow, start, stop), ""))

    @cached_property
    def length(self) -> Codes:
        return np.asarray(pc.utf8_length(self._texts.arrow).to_numpy(zero_copy_only=False), dtype=np.int32)

    @cached_property
    def skeleton(self) -> Codes:
        """-1 for names with too few consonants."""
        return encoded(skeletons(self._texts.arrow))[0]

    @cached_property
    def sound(self) -> Codes:
        """Codes into `sound_texts`; -1 for names without any."""
        return self._sounds[0]

    @property
    def sound_texts(self) -> Texts:
        return self._sounds[1]

    @cached_property
    def _sounds(self) -> tuple[Codes, Texts]:
        return encoded(sound_keys(self._texts.arrow))

    @cached_property
    def nicknames(self) -> Lists:
        """Groups of nicknames; none for names that stand in none."""
        names, known = _known_groups()
        places = pc.index_in(self._texts.arrow, names).fill_null(-1).to_numpy(zero_copy_only=False)
        held = np.flatnonzero(places >= 0)
        counts = np.zeros(len(self._texts), dtype=np.int64)
        counts[held] = known.counts[places[held]]
        spread = np.repeat(known.offsets[places[held]], counts[held])
        within = np.arange(len(spread)) - np.repeat(np.cumsum(counts[held]) - counts[held], counts[held])
        offsets = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))
        return Lists(known.texts, offsets, known.codes[spread + within])


def coded(texts: Iterable[str]) -> Codes:
    """-1 for ''."""
    return codes_of(pa.array(texts, pa.string()))


def codes_of(texts: pa.Array) -> Codes:
    """-1 for ''."""
    return encoded(texts)[0]


def encoded(texts: pa.Array) -> tuple[Codes, Texts]:
    """-1 for ''."""
    found = texts.dictionary_encode()
    codes = np.asarray(found.indices.to_numpy(zero_copy_only=False), dtype=np.int32)
    empty = pc.index(found.dictionary, pa.scalar("", pa.string())).as_py()
    return np.where(codes == empty, np.int32(-1), codes), Texts(found.dictionary)


def listed(values: Sequence[Sequence[str]]) -> Lists:
    counts = np.fromiter((len(found) for found in values), dtype=np.int64, count=len(values))
    encoded = pa.array([text for found in values for text in found], pa.string()).dictionary_encode()
    offsets: Ints = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts)))
    codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int32)
    return Lists(Texts(encoded.dictionary), offsets, codes)
