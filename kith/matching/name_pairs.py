"""Two names beside each other: each comparison is made once for any two different names that meet."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from rapidfuzz.distance import JaroWinkler

from kith.matching.crossing import shares
from kith.matching.prepared import Codes, Ints, Mask, Texts
from kith.matching.strings import Similarities, compared
from kith.matching.surname_forms import last_name_stem
from kith.matching.traits import NameTraits

_SHORT_NAME: Final = 4
_NEARLY_THE_SAME: Final = np.float32(0.85)


class NamePairs:
    """One column of names of all pairs. Methods answer with one value per pair; names that are not known, or
    the same, count as held by `same` only."""

    def __init__(self, texts: Texts, traits: NameTraits, one: Codes, other: Codes) -> None:
        self._texts = texts
        self._traits = traits
        self.known: Mask = (one >= 0) & (other >= 0)
        self.same: Mask = (one == other) & (one >= 0)
        self._differ = np.flatnonzero(self.known & ~self.same)
        size = max(len(texts), 1)
        left, right = one[self._differ].astype(np.int64), other[self._differ]
        keys = np.minimum(left, right) * size + np.maximum(left, right)
        distinct, self._place = np.unique(keys, return_inverse=True)
        self._one: Ints = distinct // size
        self._other: Ints = distinct % size

    @cached_property
    def similarity(self) -> Similarities:
        """Jaro-Winkler, 1 for equal names, 0 where hardly anything is alike."""
        found = self.same.astype(np.float32)
        found[self._differ] = self._alike.take(self._place)
        return found

    @cached_property
    def alike(self) -> Mask:
        """The same, or the same in another spelling or form."""
        near = self.similarity >= _NEARLY_THE_SAME
        return near | self.nickname | self.initial | self.sounds_alike | self.part(~near)

    @cached_property
    def nickname(self) -> Mask:
        return self._spread(shares(self._traits.nicknames, self._one, self._other))

    @cached_property
    def of_two_genders(self) -> Mask:
        """A woman's name and a man's."""
        gender, one, other = self._traits.gender, self._one, self._other
        return self._spread((gender[one] > 0) & (gender[other] > 0) & (gender[one] != gender[other]))

    @cached_property
    def initial(self) -> Mask:
        """One is the first letter of the other."""
        traits, one, other = self._traits, self._one, self._other
        alike = traits.first_letter[one] == traits.first_letter[other]
        return self._spread(alike & (traits.is_initial[one] | traits.is_initial[other]))

    @cached_property
    def same_first_letter(self) -> Mask:
        letters = self._traits.first_letter
        return self._spread(letters[self._one] == letters[self._other]) | self.same

    @cached_property
    def perhaps_initial(self) -> Mask:
        """One is one letter, with which the other might begin in another spelling: C. and Konstantina."""
        traits, one, other = self._traits, self._one, self._other
        alike = traits.initial_sound[one] == traits.initial_sound[other]
        return self._spread(alike & (traits.is_initial[one] | traits.is_initial[other]))

    @cached_property
    def sounds_alike(self) -> Mask:
        """By the sound key, or by the consonants of names written without vowels."""
        one, other = self._one, self._other
        sound, bones = self._traits.sound, self._traits.skeleton
        by_sound = (sound[one] == sound[other]) & (sound[one] >= 0)
        return self._spread(by_sound | ((bones[one] == bones[other]) & (bones[one] >= 0)))

    @cached_property
    def same_sound_key(self) -> Mask:
        """Equal names count too."""
        sound = self._traits.sound
        held = self._spread((sound[self._one] == sound[self._other]) & (sound[self._one] >= 0))
        return held | self.same

    def same_stem(self, among: Mask) -> Mask:
        """Only where asked: taking a name apart costs more than all other comparisons."""
        lengths = self._traits.length
        # Forms of one long name begin alike; short ones (Yi, Lee) may have no letter in common.
        short = np.maximum(lengths[self._one], lengths[self._other]) <= _SHORT_NAME
        asked = self._asked(among) & ((self._alike > 0) | short)
        return self._spread(self._where(asked, _same_stem)) & among

    def part(self, among: Mask) -> Mask:
        """One is the beginning or the end of the other, and three letters or longer; only where asked."""
        traits, one, other = self._traits, self._one, self._other
        begin = (traits.beginning[one] == traits.beginning[other]) & (traits.beginning[one] >= 0)
        end = (traits.ending[one] == traits.ending[other]) & (traits.ending[one] >= 0)
        return self._spread(self._where(self._asked(among) & (begin | end), _is_part)) & among

    def _asked(self, among: Mask) -> Mask:
        """By distinct pair of names, whether any pair asks."""
        asked = np.zeros(len(self._one), dtype=np.bool_)
        asked[self._place[among[self._differ]]] = True
        return asked

    @cached_property
    def _alike(self) -> Similarities:
        return compared(self._texts, self._one, self._other, scorer=JaroWinkler.similarity)

    def _spread(self, held: Mask) -> Mask:
        found = np.zeros(len(self.known), dtype=np.bool_)
        found[self._differ] = held.take(self._place)
        return found

    def _where(self, asked: Mask, compare: Callable[[str, str], bool]) -> Mask:
        held = np.zeros(len(self._one), dtype=np.bool_)
        places = np.flatnonzero(asked)
        names = zip(self._texts.at(self._one[places]), self._texts.at(self._other[places]), strict=True)
        held[places] = np.fromiter((compare(*both) for both in names), dtype=np.bool_, count=len(places))
        return held


def _same_stem(one: str, other: str) -> bool:
    return last_name_stem(one) == last_name_stem(other) != ""


def _is_part(one: str, other: str) -> bool:
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return long.startswith(short) or long.endswith(short)
