"""Cleaned records as numbers: each distinct text once, each record a row of codes. All comparisons read this.

A record is its position (0 to n - 1) from here on; `ids` leads back. Code -1 is nothing known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.cleaning.emails import mailbox
from kith.matching.records import COMPANY
from kith.matching.rules import IDENTITY_FIELDS
from kith.matching.threads import in_threads

Ints: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int32]
Mask: TypeAlias = npt.NDArray[np.bool_]

NO_DAY: Final = np.iinfo(np.int32).min
NUMBER_KINDS: Final = tuple(field.value for field in IDENTITY_FIELDS)
_MANY: Final = 20_000
_GENDERS: Final = {"female": 1, "male": 2}


@dataclass(frozen=True, slots=True)
class Texts:
    """The distinct texts of one or more columns."""

    arrow: pa.Array

    def __len__(self) -> int:
        return len(self.arrow)

    def at(self, codes: npt.ArrayLike) -> list[str]:
        taken: list[str] = self.arrow.take(pa.array(codes)).to_pylist()
        return taken

    def all(self) -> list[str]:
        found: list[str] = self.arrow.to_pylist()
        return found


@dataclass(frozen=True, slots=True)
class Lists:
    """Several values per record: those of record i are `codes[offsets[i]:offsets[i + 1]]`, each once."""

    texts: Texts
    offsets: Ints
    codes: Codes

    @property
    def counts(self) -> Ints:
        return np.diff(self.offsets)

    @property
    def owners(self) -> Ints:
        """The record of each value."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.counts)

    def only(self, kept: Mask) -> Lists:
        """Without the values whose place in `codes` is False."""
        counts = np.bincount(self.owners[kept], minlength=len(self.offsets) - 1)
        return replace(self, offsets=_offsets(counts), codes=self.codes[kept])


@dataclass(frozen=True, kw_only=True)
class Prepared:
    ids: Ints
    is_company: Mask
    gender: npt.NDArray[np.int8]
    """0 unknown, 1 female, 2 male."""
    birth: Codes
    """Days since 1970, NO_DAY where unknown."""
    names: Texts
    """First, middle and last names together, so that a swapped pair of names is seen as such."""
    first: Codes
    middle: Codes
    last: Codes
    company_names: Texts
    company: Codes
    number_texts: Texts
    numbers: tuple[Codes, ...]
    """One column of codes for each of NUMBER_KINDS."""
    emails: Lists
    phones: Lists
    street_texts: Texts
    postcode_texts: Texts
    address_offsets: Ints
    streets: Codes
    postcodes: Codes
    """One per address, beside `streets`."""

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def address_owners(self) -> Ints:
        return np.repeat(np.arange(len(self)), np.diff(self.address_offsets))


def prepare(records: pa.Table) -> Prepared:
    """`records` holds `record_id` and the columns of `records.MATCHED`."""
    columns = _columns(records)
    names, (first, middle, last) = columns.names
    company_names, (company,) = columns.companies
    number_texts, numbers = columns.numbers
    offsets, (street_texts, streets), (postcode_texts, postcodes) = columns.addresses
    return Prepared(
        ids=np.asarray(records.column("record_id").to_numpy(), dtype=np.int64),
        is_company=np.asarray(
            pc.fill_null(pc.equal(records.column("kind"), COMPANY), fill_value=False).to_numpy(),
            dtype=np.bool_,
        ),
        gender=_genders(records.column("gender")),
        birth=_days(records.column("birth_date")),
        names=names,
        first=first,
        middle=middle,
        last=last,
        company_names=company_names,
        company=company,
        number_texts=number_texts,
        numbers=tuple(numbers),
        emails=columns.emails,
        phones=columns.phones,
        street_texts=street_texts,
        postcode_texts=postcode_texts,
        address_offsets=offsets,
        streets=streets,
        postcodes=postcodes,
    )


def ordered(records: Prepared) -> Prepared:
    """The same records in the ascending order of their ids."""
    ids = records.ids
    if (ids[1:] > ids[:-1]).all():
        return records
    order = np.argsort(ids, kind="stable")
    offsets, places = _reordered(records.address_offsets, order)
    single = ("ids", "is_company", "gender", "birth", "first", "middle", "last", "company")
    return replace(
        records,
        **{name: getattr(records, name).take(order) for name in single},
        numbers=tuple(codes.take(order) for codes in records.numbers),
        emails=_list_reordered(records.emails, order),
        phones=_list_reordered(records.phones, order),
        address_offsets=offsets,
        streets=records.streets.take(places),
        postcodes=records.postcodes.take(places),
    )


def _list_reordered(lists: Lists, order: Ints) -> Lists:
    offsets, places = _reordered(lists.offsets, order)
    return replace(lists, offsets=offsets, codes=lists.codes.take(places))


def _reordered(offsets: Ints, order: Ints) -> tuple[Ints, Ints]:
    """New offsets, and where each value comes from."""
    counts = np.diff(offsets).take(order)
    made = _offsets(counts)
    within = np.arange(made[-1]) - np.repeat(made[:-1], counts)
    return made, np.repeat(offsets.take(order), counts) + within


_Encoded: TypeAlias = tuple[Texts, list[Codes]]
_Addresses: TypeAlias = tuple[Ints, tuple[Texts, Codes], tuple[Texts, Codes]]


@dataclass(slots=True)
class _Columns:
    names: _Encoded = field(init=False)
    companies: _Encoded = field(init=False)
    numbers: _Encoded = field(init=False)
    emails: Lists = field(init=False)
    phones: Lists = field(init=False)
    addresses: _Addresses = field(init=False)


def _columns(records: pa.Table) -> _Columns:
    """The largest first: they are read side by side."""
    found = _Columns()

    def names() -> None:
        found.names = _encoded([records.column(f"{part}_key") for part in ("first", "middle", "last")])

    def emails() -> None:
        found.emails = _lists(records.column("emails"), read=_mailboxes)

    def addresses() -> None:
        found.addresses = _addresses(records)

    def phones() -> None:
        found.phones = _lists(records.column("phones"))

    def others() -> None:
        found.numbers = _encoded([records.column(kind) for kind in NUMBER_KINDS])
        found.companies = _encoded([records.column("company_key")])

    parts = (names, emails, addresses, phones, others)
    in_threads(lambda read: read(), parts, worth_it=records.num_rows > _MANY)
    return found


def _encoded(columns: Sequence[pa.ChunkedArray]) -> tuple[Texts, list[Codes]]:
    """All columns by one dictionary."""
    encoded = _whole(pa.chunked_array([chunk for column in columns for chunk in column.chunks], pa.string()))
    codes = _as_codes(encoded)
    ends = np.cumsum([len(column) for column in columns])[:-1]
    return Texts(encoded.dictionary), list(np.split(codes, ends))


def _whole(column: pa.ChunkedArray) -> pa.DictionaryArray:
    return column.cast(pa.string()).combine_chunks().dictionary_encode()


def _as_codes(encoded: pa.DictionaryArray) -> Codes:
    codes = np.asarray(encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int32)
    empty = pc.index(encoded.dictionary, pa.scalar("", encoded.dictionary.type)).as_py()
    return np.where(codes == empty, np.int32(-1), codes) if empty >= 0 else codes


def _genders(column: pa.ChunkedArray) -> npt.NDArray[np.int8]:
    encoded = _whole(column)
    meaning = np.array(
        [*(_GENDERS.get(word, 0) for word in encoded.dictionary.to_pylist()), 0], dtype=np.int8
    )
    return meaning[_as_codes(encoded)]


def _days(column: pa.ChunkedArray) -> Codes:
    days = column.cast(pa.int32()).fill_null(int(NO_DAY))
    return np.asarray(days.to_numpy(), dtype=np.int32)


def _offsets(counts: npt.ArrayLike) -> Ints:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


def _flat(column: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    array = column.combine_chunks()
    counts = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    return _offsets(counts), array.flatten()


def _mailboxes(emails: pa.Array) -> pa.Array:
    """What the provider of the address reads as one is one; few addresses are written in such a way."""
    odd = pc.match_substring_regex(emails, r"\+|@g(oogle)?mail\.").to_numpy(zero_copy_only=False)
    if not odd.any():
        return emails
    read = [mailbox(email) for email in emails.filter(pa.array(odd)).to_pylist()]
    return pc.replace_with_mask(emails, pa.array(odd), pa.array(read, pa.string()))


def _lists(column: pa.ChunkedArray, *, read: Callable[[pa.Array], pa.Array] | None = None) -> Lists:
    offsets, values = _flat(column)
    encoded = values.cast(pa.string()).dictionary_encode()
    if read is not None:
        again = read(encoded.dictionary).dictionary_encode()
        encoded = pa.DictionaryArray.from_arrays(again.indices.take(encoded.indices), again.dictionary)
    codes = _as_codes(encoded)
    lists = Lists(Texts(encoded.dictionary), offsets, codes)
    kept = codes >= 0
    if int(lists.counts.max(initial=0)) > 1:
        kept &= _first_mentions(lists)
    return lists if kept.all() else lists.only(kept)


def _first_mentions(lists: Lists) -> Mask:
    """False where the record held the value before."""
    found = np.ones(len(lists.codes), dtype=np.bool_)
    several = np.flatnonzero(lists.counts[lists.owners] > 1)
    keys = lists.owners[several] * (len(lists.texts) + 1) + lists.codes[several]
    _, first = np.unique(keys, return_index=True)
    found[several] = False
    found[several[first]] = True
    return found


def _addresses(records: pa.Table) -> tuple[Ints, tuple[Texts, Codes], tuple[Texts, Codes]]:
    """Street and postcode stand beside each other; the longer list says how many addresses there are."""
    street_offsets, streets = _flat(records.column("street_keys"))
    postcode_offsets, postcodes = _flat(records.column("postcode_keys"))
    counts = np.maximum(np.diff(street_offsets), np.diff(postcode_offsets))
    offsets = _offsets(counts)
    return offsets, _spread(streets, street_offsets, offsets), _spread(postcodes, postcode_offsets, offsets)


def _spread(values: pa.Array, own: Ints, offsets: Ints) -> tuple[Texts, Codes]:
    encoded = values.cast(pa.string()).dictionary_encode()
    codes, texts = _as_codes(encoded), Texts(encoded.dictionary)
    if len(codes) == offsets[-1]:
        return texts, codes
    spread = np.full(int(offsets[-1]), -1, dtype=np.int32)
    counts = np.diff(own)
    within = np.arange(len(codes)) - np.repeat(own[:-1], counts)
    spread[np.repeat(offsets[:-1], counts) + within] = codes
    return texts, spread
