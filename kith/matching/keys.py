"""Match keys: two records that share one are worth comparing. Every engine finds its candidates by these.

A key is a 64-bit number. Inside one set of records it is made of codes, which is quick; stored with a record
it is made of hashes of the texts (`match_keys`), which never change. Both say the same of any two records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kith.matching.cleaning.emails import mailbox
from kith.matching.comparable import Comparable
from kith.matching.pairs import Facts
from kith.matching.phonetics import sound_key
from kith.matching.prepared import NO_DAY, NUMBER_KINDS, Codes, Ints, Lists, Prepared, Texts, prepare
from kith.matching.records import COMPANY
from kith.matching.text_hash import text_hash, text_hashes

Words: TypeAlias = npt.NDArray[np.uint64]


KEYS_VERSION: Final = 1
"""Raised when the same record gets other keys, so that what is stored is keyed again."""


class KeyKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    """An identity number of one kind."""
    NAME = "name"
    """First and last name, in either order."""
    PLACE = "place"
    """Last name and postcode."""
    GIVEN_PLACE = "given_place"
    """First name and postcode: a last name that changed or is misspelt."""
    BORN = "born"
    """Birth date, sound of the last name."""
    BORN_PLACE = "born_place"
    """Birth date and postcode: both names misspelt."""
    COMPANY = "company"
    SEAT = "seat"
    """A company's postcode: companies are few."""
    RULE = "rule"
    """Of one edited rule; never stored."""


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """Keys of one kind, each beside the position of the record that holds it."""

    kind: KeyKind
    owners: Ints
    keys: Ints


def key_columns(facts: Facts) -> Iterator[KeyColumn]:
    """By codes: only good inside this set of records."""
    return _columns(facts, _by_code)


def lasting_key_columns(facts: Facts) -> Iterator[KeyColumn]:
    """By hashes: records of two sets, or of two machines, can be brought together by them."""
    return _columns(facts, _by_hash)


def match_keys(records: pa.Table) -> pa.ChunkedArray:
    """list<int64> per record, in the order of `records`; stable for ever, sorted, never null."""
    facts = Facts(prepare(_with_ids(records)))
    columns = list(lasting_key_columns(facts))
    owners = np.concatenate([column.owners for column in columns])
    keys = np.concatenate([column.keys for column in columns])
    order = np.lexsort((keys, owners))
    owners, keys = owners[order], keys[order]
    new = np.ones(len(keys), dtype=np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    counts = np.bincount(owners[new], minlength=len(facts.records))
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.chunked_array([pa.ListArray.from_arrays(pa.array(offsets), pa.array(keys[new]))])


def match_keys_of(record: Comparable) -> tuple[int, ...]:
    """Of one record, as `match_keys` makes them of a table of one, without the table."""
    return tuple(sorted(set(_keys_of(record))))


def _keys_of(record: Comparable) -> Iterator[int]:
    is_company = record.kind == COMPANY
    first, last, company = (
        text_hash(text) for text in (record.first_key, record.last_key, record.company_key)
    )
    postcodes = [text_hash(text) for text in record.postcode_keys]
    day = None if record.birth_date is None else (record.birth_date - _FIRST_DAY).days % _WORD
    names = (first, last) if first is None or last is None else (min(first, last), max(first, last))
    parts: list[tuple[KeyKind, str, tuple[int | None, ...]]] = [
        *((KeyKind.EMAIL, "", (text_hash(mailbox(email)),)) for email in record.emails),
        *((KeyKind.PHONE, "", (text_hash(phone),)) for phone in record.phones),
        *((KeyKind.NUMBER, kind, (text_hash(getattr(record, kind)),)) for kind in NUMBER_KINDS),
        (KeyKind.NAME, "", names),
        *((KeyKind.PLACE, "", (last, postcode)) for postcode in postcodes),
        *((KeyKind.GIVEN_PLACE, "", (first, postcode)) for postcode in postcodes),
        (KeyKind.BORN, "", (text_hash(sound_key(record.last_key)), day)),
        *((KeyKind.BORN_PLACE, "", (day, postcode)) for postcode in postcodes),
        (KeyKind.COMPANY, "", (company,)),
        *((KeyKind.SEAT, "", (postcode,)) for postcode in postcodes if is_company),
    ]
    for kind, salt, numbers in parts:
        known = [number for number in numbers if number is not None]
        if len(known) == len(numbers):
            yield _one_combined(kind, known, salt=salt, is_company=is_company)


def _one_combined(kind: KeyKind, numbers: Sequence[int], *, salt: str, is_company: bool) -> int:
    key = _one_mixed(_start(kind, salt) + 500 * is_company)
    for number in numbers:
        key = _one_mixed(key ^ number)
    return (key >> (64 - _KEY_BITS)) | (_SALTS[kind] << _KEY_BITS)


def _with_ids(records: pa.Table) -> pa.Table:
    if "record_id" in records.column_names:
        return records
    return records.append_column("record_id", pa.array(np.arange(records.num_rows)))


_Numbers: TypeAlias = Callable[[Texts], Words]


def _by_code(texts: Texts) -> Words:
    return np.arange(1, len(texts) + 2, dtype=np.uint64)


def _by_hash(texts: Texts) -> Words:
    return np.concatenate((text_hashes(texts.arrow), np.zeros(1, dtype=np.uint64)))


def _columns(facts: Facts, numbers: _Numbers) -> Iterator[KeyColumn]:
    records = facts.records
    yield _of_lists(KeyKind.EMAIL, records, records.emails, numbers)
    yield _of_lists(KeyKind.PHONE, records, records.phones, numbers)
    yield from _of_numbers(records, numbers)
    names = numbers(records.names)
    postcodes = numbers(records.postcode_texts)
    everyone = np.arange(len(records))
    homes, places = records.address_owners, records.postcodes
    one, other = _in_either_order(names, records)
    yield _combined(KeyKind.NAME, records, everyone, (names, one), (names, other))
    yield _combined(KeyKind.PLACE, records, homes, (names, records.last[homes]), (postcodes, places))
    yield _combined(KeyKind.GIVEN_PLACE, records, homes, (names, records.first[homes]), (postcodes, places))
    days = _days(records)
    sounds = facts.names.sound
    sound_numbers = _sound_numbers(facts, numbers)
    sounds_of = np.where(records.last >= 0, sounds[records.last], -1) if len(sounds) else records.last
    yield _combined(KeyKind.BORN, records, everyone, (sound_numbers, sounds_of), days)
    day_numbers, day_codes = days
    yield _combined(KeyKind.BORN_PLACE, records, homes, (day_numbers, day_codes[homes]), (postcodes, places))
    companies = numbers(records.company_names)
    yield _combined(KeyKind.COMPANY, records, everyone, (companies, records.company))
    seats = np.flatnonzero(records.is_company[homes])
    yield _combined(KeyKind.SEAT, records, homes[seats], (postcodes, places[seats]))


def _sound_numbers(facts: Facts, numbers: _Numbers) -> Words:
    return numbers(facts.names.sound_texts)


def _in_either_order(names: Words, records: Prepared) -> tuple[Codes, Codes]:
    """First and last name, the smaller number first; both unknown where one is."""
    swapped = names[records.first] > names[records.last]
    one = np.where(swapped, records.last, records.first)
    other = np.where(swapped, records.first, records.last)
    known = (one >= 0) & (other >= 0)
    return np.where(known, one, -1).astype(np.int32), np.where(known, other, -1).astype(np.int32)


def _days(records: Prepared) -> tuple[Words, Codes]:
    """Dates as if they were codes into a table of all dates there are."""
    days, codes = np.unique(records.birth, return_inverse=True)
    known = np.where(records.birth == NO_DAY, -1, codes).astype(np.int32)
    return np.concatenate((days.astype(np.int64).astype(np.uint64), np.zeros(1, dtype=np.uint64))), known


def _of_lists(kind: KeyKind, records: Prepared, lists: Lists, numbers: _Numbers) -> KeyColumn:
    return _combined(kind, records, lists.owners, (numbers(lists.texts), lists.codes))


def _of_numbers(records: Prepared, numbers: _Numbers) -> Iterator[KeyColumn]:
    known = numbers(records.number_texts)
    everyone = np.arange(len(records))
    for place, codes in enumerate(records.numbers):
        yield _combined(KeyKind.NUMBER, records, everyone, (known, codes), salt=NUMBER_KINDS[place])


MOST_OF_ONE_NAME: Final = 10
"""Many people of one name are many people: what makes two of them one is found by another key."""
_KEY_BITS: Final = 58
_WORD: Final = 1 << 64
_FIRST_DAY: Final = date(1970, 1, 1)
_SALTS: Final = {kind: number for number, kind in enumerate(KeyKind, start=1)}


def _combined(
    kind: KeyKind, records: Prepared, owners: Ints, *parts: tuple[Words, Codes], salt: str = ""
) -> KeyColumn:
    """One key for each owner whose parts are all known. The kind of record is part of every key."""
    known = np.ones(len(owners), dtype=np.bool_)
    for _, codes in parts:
        known &= codes >= 0
    held = owners[known]
    keys = mixed(np.uint64(_start(kind, salt)) + np.uint64(500) * records.is_company[held])
    for numbers, codes in parts:
        keys = mixed(keys ^ numbers[codes[known]])
    return KeyColumn(kind, held, _of_kind(kind, keys))


def _start(kind: KeyKind, salt: str) -> int:
    return _SALTS[kind] * 1000 + (1 + NUMBER_KINDS.index(salt) if salt else 0)


def _of_kind(kind: KeyKind, keys: Words) -> Ints:
    """The kind can be read from the key: five bits of it, below the sign."""
    return ((keys >> np.uint64(64 - _KEY_BITS)) | np.uint64(_SALTS[kind] << _KEY_BITS)).astype(np.int64)


def caps_of(keys: Ints, *, cap: int) -> Ints:
    """How many records may share each key and still be compared by it."""
    return np.where(keys >> _KEY_BITS == _SALTS[KeyKind.NAME], min(cap, MOST_OF_ONE_NAME), cap)


def mixed(words: Words) -> Words:
    """Every bit of the word moves every other (the finisher of SplitMix64)."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _one_mixed(word: int) -> int:
    word = (word + 0x9E3779B97F4A7C15) % _WORD
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % _WORD
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % _WORD
    return word ^ (word >> 31)
