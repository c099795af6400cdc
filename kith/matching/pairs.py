"""Pairs of records, compared on demand: each comparison is made once for all pairs, on codes where it can be.

Strings are looked at only where codes differ, and then once for each distinct pair of texts.
"""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.birth_pairs import BirthPairs
from kith.matching.crossing import Crossed, crossed
from kith.matching.name_pairs import NamePairs
from kith.matching.prepared import NO_DAY, Codes, Ints, Lists, Mask, Prepared, Texts
from kith.matching.strings import Similarities, same_by, similarity, slip_apart
from kith.matching.traits import NameTraits, codes_of, encoded

_SHORTEST_TELLING: Final = 5
_SHORTEST_NAME: Final = 3
_NAME_AND_NUMBER: Final = r"^[^@]*(?:[a-z][^@]*\d\d|\d\d[^@]*[a-z])"


class Facts:
    """What comparisons read beside the codes, worked out once for a set of records."""

    def __init__(self, records: Prepared) -> None:
        self.records = records

    @cached_property
    def names(self) -> NameTraits:
        """Of first, middle and last names."""
        return NameTraits(self.records.names)

    @cached_property
    def _company_traits(self) -> NameTraits:
        return NameTraits(self.records.company_names)

    @cached_property
    def _full_traits(self) -> NameTraits:
        return NameTraits(self._full[1])

    def traits(self, column: str) -> NameTraits:
        if column == "full":
            return self._full_traits
        return self._company_traits if column == "company" else self.names

    def codes(self, column: str) -> Codes:
        """Columns of one text per record, `full` among them."""
        if column == "full":
            return self._full[0]
        codes: Codes = getattr(self.records, column)
        return codes

    def texts(self, column: str) -> Texts:
        if column == "full":
            return self._full[1]
        return self.records.company_names if column == "company" else self.records.names

    @cached_property
    def _full(self) -> tuple[Codes, Texts]:
        """First and last name in the order of the alphabet, so that their own order does not matter."""
        records = self.records
        known = np.flatnonzero((records.first >= 0) & (records.last >= 0))
        sides = zip(
            records.names.at(records.first[known]), records.names.at(records.last[known]), strict=True
        )
        joined = pa.array([" ".join(sorted(f"{first} {last}".split())) for first, last in sides], pa.string())
        codes = np.full(len(records), -1, dtype=np.int32)
        codes[known], texts = encoded(joined)
        return codes, texts

    @cached_property
    def local_parts(self) -> Codes:
        """By e-mail code: what stands before the @, where it says more of a person than a name does: a number
        in it. Two people of one name have 'maria.theodorou' at two providers, but hardly 'georgia75'."""
        emails = self.records.emails.texts.arrow
        telling = pc.match_substring_regex(emails, _NAME_AND_NUMBER)
        long = pc.greater_equal(pc.find_substring(emails, "@"), _SHORTEST_TELLING)
        chosen = np.flatnonzero(pc.and_(telling, long).to_numpy(zero_copy_only=False))
        local = pc.list_element(pc.split_pattern(emails.take(chosen), "@", max_splits=1), 0)
        codes = np.full(len(emails), -1, dtype=np.int32)
        codes[chosen] = codes_of(local)
        return codes

    @cached_property
    def calendar(self) -> npt.NDArray[np.int32]:
        """(n, 3): year, month, day; zeros where no day is known."""
        days = self.records.birth
        dates = np.where(days == NO_DAY, 0, days).astype("datetime64[D]")
        years = dates.astype("datetime64[Y]")
        months = dates.astype("datetime64[M]")
        parts = (
            years.astype(np.int32) + 1970,
            (months - years).astype(np.int32) + 1,
            (dates - months).astype(np.int32) + 1,
        )
        return np.where((days == NO_DAY)[:, None], 0, np.column_stack(parts)).astype(np.int32)


class Pairs:
    """`left` and `right` are positions, smaller first. Every method answers with one value per pair."""

    def __init__(self, facts: Facts, left: Ints, right: Ints) -> None:
        self._facts = facts
        self._records = facts.records
        self.left = left
        self.right = right
        self._names: dict[str, NamePairs] = {}
        self._naming = Lock()

    def __len__(self) -> int:
        return len(self.left)

    @property
    def of_companies(self) -> Mask:
        """By the left one; no key joins a person and a company."""
        return self._records.is_company[self.left]

    # One text per record

    def names(self, column: str) -> NamePairs:
        """`column`: first, middle, last, company, or full."""
        with self._naming:
            if column not in self._names:
                facts = self._facts
                self._names[column] = NamePairs(
                    facts.texts(column), facts.traits(column), *self._codes(column)
                )
            return self._names[column]

    def same_beginning(self, column: str, *, letters: int) -> Mask:
        texts, one, other = self._facts.texts(column), *self._codes(column)
        return same_by(texts, one, other, lambda text: text[:letters] if len(text) >= letters else "")

    @cached_property
    def transposed(self) -> Mask:
        """First name is the other's last name, and the other way round."""
        records = self._records
        crossed = (records.first[self.left] == records.last[self.right]) & (
            records.last[self.left] == records.first[self.right]
        )
        differ = records.first[self.left] != records.last[self.left]
        return crossed & differ & self.names("first").known & self.names("last").known

    @cached_property
    def half_transposed(self) -> Mask:
        """The first name of one is the last name of the other, whatever became of the rest."""
        first, last = self._records.first, self._records.last
        one = (first[self.left] == last[self.right]) & (first[self.left] >= 0)
        return one | ((last[self.left] == first[self.right]) & (last[self.left] >= 0))

    @cached_property
    def goes_by_middle_name(self) -> Mask:
        """The first name of one is the middle name of the other."""
        first, middle = self._records.first, self._records.middle
        one = (first[self.left] == middle[self.right]) & (first[self.left] >= 0)
        return one | ((middle[self.left] == first[self.right]) & (first[self.right] >= 0))

    # Dates

    @cached_property
    def births(self) -> BirthPairs:
        return BirthPairs(self._records.birth, self._facts.calendar, self.left, self.right)

    # Genders

    @cached_property
    def genders_known(self) -> Mask:
        return (self._records.gender[self.left] > 0) & (self._records.gender[self.right] > 0)

    @cached_property
    def any_male(self) -> Mask:
        return (self._records.gender[self.left] == 2) | (self._records.gender[self.right] == 2)

    @cached_property
    def same_gender(self) -> Mask:
        return self.genders_known & (self._records.gender[self.left] == self._records.gender[self.right])

    # Several values per record

    @cached_property
    def emails_known(self) -> Mask:
        return self._any_known(self._records.emails)

    @cached_property
    def phones_known(self) -> Mask:
        return self._any_known(self._records.phones)

    @cached_property
    def shares_email(self) -> Mask:
        return self._shared(self._records.emails, self._crossed_emails)

    @cached_property
    def shares_own_email(self) -> Mask:
        """One first name is not known, and the shared address contains the other."""
        first, emails = self._records.first, self._records.emails
        one_known = (first[self.left] >= 0) ^ (first[self.right] >= 0)
        values = self._crossed_emails
        same = emails.codes[values.left] == emails.codes[values.right]
        same &= one_known[values.pair]
        pair, email = values.pair[same], emails.codes[values.left[same]]
        name = np.maximum(first[self.left[pair]], first[self.right[pair]])
        held = np.zeros(len(self), dtype=np.bool_)
        addresses, names = emails.texts.at(email), self._records.names.at(name)
        own = [_is_named_after(*both) for both in zip(addresses, names, strict=True)]
        held[pair[np.array(own, dtype=np.bool_)]] = True
        return held

    @cached_property
    def shares_phone(self) -> Mask:
        return self._shared(self._records.phones, self._crossed_phones)

    @cached_property
    def shares_local_part(self) -> Mask:
        return self._shared(self._records.emails, self._crossed_emails, meaning=self._facts.local_parts)

    @cached_property
    def email_nearly(self) -> Mask:
        """One edit apart, ignoring pairs that share one."""
        return self._nearly(self._records.emails, self._crossed_emails, among=~self.shares_email)

    @cached_property
    def phone_nearly(self) -> Mask:
        return self._nearly(self._records.phones, self._crossed_phones, among=~self.shares_phone)

    @cached_property
    def email_similarity(self) -> Similarities:
        """Of the most similar two."""
        emails = self._records.emails
        values = self._crossed_emails
        found = similarity(emails.texts, emails.codes[values.left], emails.codes[values.right])
        best = np.zeros(len(self), dtype=np.float32)
        np.maximum.at(best, values.pair, found)
        return best

    # Identity numbers, kind by kind

    @cached_property
    def numbers_known(self) -> Mask:
        """Both have a number of one kind."""
        known = np.zeros(len(self), dtype=np.bool_)
        for codes in self._records.numbers:
            known |= (codes[self.left] >= 0) & (codes[self.right] >= 0)
        return known

    @cached_property
    def shares_number(self) -> Mask:
        shared = np.zeros(len(self), dtype=np.bool_)
        for codes in self._records.numbers:
            shared |= (codes[self.left] == codes[self.right]) & (codes[self.left] >= 0)
        return shared

    def same_number(self, kind: int) -> Mask:
        codes = self._records.numbers[kind]
        return (codes[self.left] == codes[self.right]) & (codes[self.left] >= 0)

    def number_known(self, kind: int) -> Mask:
        codes = self._records.numbers[kind]
        return (codes[self.left] >= 0) & (codes[self.right] >= 0)

    def number_nearly(self, kind: int) -> Mask:
        codes = self._records.numbers[kind]
        return slip_apart(self._records.number_texts, codes[self.left], codes[self.right])

    @cached_property
    def any_number_nearly(self) -> Mask:
        nearly = np.zeros(len(self), dtype=np.bool_)
        for kind in range(len(self._records.numbers)):
            nearly |= self.number_nearly(kind)
        return nearly

    # Addresses

    @cached_property
    def addresses(self) -> Crossed:
        return crossed(self._records.address_offsets, self.left, self.right)

    @cached_property
    def address_sides(self) -> tuple[tuple[Codes, Codes], tuple[Codes, Codes]]:
        """Of every crossed pair of addresses: (streets left, right), (postcodes left, right)."""
        crossed, records = self.addresses, self._records
        streets = records.streets[crossed.left], records.streets[crossed.right]
        return streets, (records.postcodes[crossed.left], records.postcodes[crossed.right])

    @cached_property
    def street_similarity(self) -> Similarities:
        """Of every crossed pair of addresses."""
        return similarity(self._records.street_texts, *self.address_sides[0])

    def address_similarity(self, part: int) -> Similarities:
        """Of every crossed pair of addresses; part 0 is the street, 1 the postcode."""
        if part == 0:
            return self.street_similarity
        return similarity(self._records.postcode_texts, *self.address_sides[1])

    def addresses_begin_alike(self, part: int, *, letters: int) -> Mask:
        texts = self._records.postcode_texts if part else self._records.street_texts
        one, other = self.address_sides[part]
        return same_by(texts, one, other, lambda text: text[:letters] if len(text) >= letters else "")

    @cached_property
    def same_postcode(self) -> Mask:
        """Of every crossed pair of addresses."""
        one, other = self.address_sides[1]
        return (one == other) & (one >= 0)

    @cached_property
    def postcodes_known(self) -> Mask:
        one, other = self.address_sides[1]
        return self.on_any_address((one >= 0) & (other >= 0))

    def rarest_postcode(self, shares: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The share of the rarest postcode the two have in common; 1 where there is none."""
        found = np.ones(len(self))
        held = self.same_postcode
        np.minimum.at(found, self.addresses.pair[held], shares[self.address_sides[1][0][held]])
        return found

    def on_any_address(self, held: Mask) -> Mask:
        """`held`: per crossed pair of addresses."""
        found = np.zeros(len(self), dtype=np.bool_)
        found[self.addresses.pair[held]] = True
        return found

    # Together

    @cached_property
    def agree_beyond_names(self) -> Mask:
        """A detail, a date, a number or a postcode the two have in common, or nearly."""
        born = self.births.known & (self.births.day_month_swapped | (self.births.digits_apart <= 1))
        number = self.shares_number | self.any_number_nearly
        email = self.shares_email | self.email_nearly | self.shares_local_part
        phone = self.shares_phone | self.phone_nearly
        return number | email | phone | born | self.on_any_address(self.same_postcode)

    @cached_property
    def agree_on_a_name(self) -> Mask:
        """A name in common, or nearly; an e-mail named after one of them counts as the other's name."""
        agree = self.names("company").alike | self.names("last").alike | self.names("first").alike
        return agree | self.transposed | self.shares_own_email

    @cached_property
    def agree_on_two_details(self) -> Mask:
        """Of e-mail, phone, address and birth date."""
        address = self.on_any_address((self.street_similarity > 0) & self.same_postcode)
        born = self.births.known & (self.births.days_apart == 0)
        details = (self.shares_email, self.shares_phone, address, born)
        return np.sum(details, axis=0) > 1

    # How

    def _any_known(self, lists: Lists) -> Mask:
        counts = lists.counts
        return (counts[self.left] > 0) & (counts[self.right] > 0)

    def _codes(self, column: str) -> tuple[Codes, Codes]:
        codes = self._facts.codes(column)
        return codes.take(self.left), codes.take(self.right)

    @cached_property
    def _crossed_emails(self) -> Crossed:
        return crossed(self._records.emails.offsets, self.left, self.right)

    @cached_property
    def _crossed_phones(self) -> Crossed:
        return crossed(self._records.phones.offsets, self.left, self.right)

    def _shared(self, lists: Lists, values: Crossed, *, meaning: Codes | None = None) -> Mask:
        one, other = lists.codes[values.left], lists.codes[values.right]
        if meaning is not None:
            one, other = meaning[one], meaning[other]
        held = np.zeros(len(self), dtype=np.bool_)
        held[values.pair[(one == other) & (one >= 0)]] = True
        return held

    def _nearly(self, lists: Lists, values: Crossed, *, among: Mask) -> Mask:
        asked = among[values.pair]
        near = slip_apart(lists.texts, lists.codes[values.left[asked]], lists.codes[values.right[asked]])
        held = np.zeros(len(self), dtype=np.bool_)
        held[values.pair[asked][near]] = True
        return held


def _is_named_after(email: str, first_name: str) -> bool:
    return len(first_name) >= _SHORTEST_NAME and first_name in email.rpartition("@")[0]
