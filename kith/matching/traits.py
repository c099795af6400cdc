"""What follows from a text alone, worked out once for each text: sounds, first letters, nicknames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.nickname_groups import all_groups, gender_of
from kith.matching.phonetics import skeletons, sound_keys
from kith.matching.prepared import Codes, Ints, Lists, Mask, Texts

_PART: Final = 3


def _spelt_alike() -> npt.NDArray[np.int8]:
    letters = np.arange(128, dtype=np.int8)
    for spellings in ("ckqx", "eijy", "fp", "bvw", "sz", "ouw"):
        letters[[ord(letter) for letter in spellings]] = ord(spellings[0])
    return letters


_SPELT_ALIKE: Final = _spelt_alike()


class NameTraits:
    """Columns by name code."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._all: list[str] = texts.all()

    @cached_property
    def is_initial(self) -> Mask:
        return np.asarray(pc.equal(pc.utf8_length(self._texts.arrow), 1).to_numpy(zero_copy_only=False), bool)

    @cached_property
    def first_letter(self) -> npt.NDArray[np.int8]:
        letters = (text[:1].encode("ascii", "replace") for text in self._all)
        return np.array([letter[0] if letter else 0 for letter in letters], dtype=np.int8)

    @cached_property
    def initial_sound(self) -> npt.NDArray[np.int8]:
        """The first letter, one for all that a sound is spelt with across languages."""
        return _SPELT_ALIKE[self.first_letter]

    @cached_property
    def gender(self) -> npt.NDArray[np.int8]:
        """Of first names that only women (1) or only men (2) bear; 0 for others."""
        codes = {"female": 1, "male": 2}
        return np.array([codes.get(gender_of(text), 0) for text in self._all], dtype=np.int8)

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
        groups = all_groups()
        return listed([sorted(groups.get(text, ())) for text in self._all])


def derived(texts: Texts, rule: Callable[[str], str]) -> Codes:
    """A code for what the rule makes of each text; -1 where that is ''."""
    return coded(rule(text) for text in texts.all())


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
