"""What is counted over all records and then held fast: how common values are, which are switchboards.

Frozen between full runs, so that a new record changes no weight but its own (promise 4). Values are kept as
hashes, and only those that three records or more share, so that no person can be read from them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from kith.matching.prepared import Codes, Ints, Lists, Mask, Prepared, Texts
from kith.matching.text_hash import text_hashes

COUNTED: Final = ("first", "last", "company", "postcodes")
"""Columns of `Prepared` whose values are counted."""
LEAST_COUNT: Final = 3
SWITCHBOARDS: Final = ("emails", "phones")


@dataclass(frozen=True, slots=True)
class Counted:
    """Shares of values by their hash, sorted by hash. A value that is not there has the share `rare`."""

    hashes: npt.NDArray[np.uint64]
    shares: npt.NDArray[np.float32]
    rare: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    persons: int
    companies: int
    counted: Mapping[str, Counted]
    """By column of COUNTED."""
    ignored: Mapping[str, npt.NDArray[np.uint64]]
    """By 'emails' and 'phones': hashes of the values that are nobody's own, sorted."""

    @classmethod
    def none(cls) -> Self:
        """Before anything was counted: every value is as rare as can be."""
        nothing = np.empty(0, dtype=np.uint64)
        empty = Counted(nothing, np.empty(0, dtype=np.float32), 1e-4)
        return cls(
            persons=1000,
            companies=1000,
            counted=dict.fromkeys(COUNTED, empty),
            ignored=dict.fromkeys(SWITCHBOARDS, nothing),
        )

    def to_bytes(self) -> bytes:
        """Compressed; `from_bytes` reads it."""
        buffer = io.BytesIO()
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "sizes": np.array([self.persons, self.companies], dtype=np.int64)
        }
        for name, found in self.counted.items():
            arrays[f"hash_{name}"], arrays[f"share_{name}"] = found.hashes, found.shares
            arrays[f"rare_{name}"] = np.array([found.rare])
        for name, hashes in self.ignored.items():
            arrays[f"ignored_{name}"] = hashes
        np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub has no keyword arrays
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        with np.load(io.BytesIO(body), allow_pickle=False) as kept:
            persons, companies = (int(size) for size in kept["sizes"])
            return cls(
                persons=persons,
                companies=companies,
                counted={
                    name: Counted(kept[f"hash_{name}"], kept[f"share_{name}"], float(kept[f"rare_{name}"][0]))
                    for name in COUNTED
                },
                ignored={name: kept[f"ignored_{name}"] for name in SWITCHBOARDS},
            )


def count(records: Prepared, *, frequent_records: int, frequent_names: int) -> Figures:
    """An e-mail or phone on more records than this, with more distinct names than this, is a switchboard."""
    return count_and_ignore(records, frequent_records=frequent_records, frequent_names=frequent_names)[0]


def count_and_ignore(
    records: Prepared, *, frequent_records: int, frequent_names: int
) -> tuple[Figures, Prepared]:
    """`count` and `without_ignored` at once, which spares hashing every address."""
    codes = {
        name: _switchboards(records, lists, most_records=frequent_records, most_names=frequent_names)
        for name, lists in (("emails", records.emails), ("phones", records.phones))
    }
    companies = int(records.is_company.sum())
    figures = Figures(
        persons=len(records) - companies,
        companies=companies,
        counted={name: _counted(*column_of(records, name)) for name in COUNTED},
        ignored={
            "emails": _hashes_of(records.emails.texts, codes["emails"]),
            "phones": _hashes_of(records.phones.texts, codes["phones"]),
        },
    )
    emails, phones = (
        _without_codes(records.emails, codes["emails"]),
        _without_codes(records.phones, codes["phones"]),
    )
    return figures, replace(records, emails=emails, phones=phones)


def _without_codes(lists: Lists, codes: Ints) -> Lists:
    if not len(codes):
        return lists
    kept = np.ones(len(lists.texts), dtype=np.bool_)
    kept[codes] = False
    return lists.only(kept[lists.codes])


def column_of(records: Prepared, name: str) -> tuple[Texts, Codes]:
    """Of COUNTED."""
    texts = {
        "first": records.names,
        "last": records.names,
        "company": records.company_names,
        "postcodes": records.postcode_texts,
    }[name]
    codes: Codes = getattr(records, name)
    return texts, codes


def _counted(texts: Texts, codes: Codes) -> Counted:
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    common = np.flatnonzero(counts >= LEAST_COUNT)
    return counted(text_hashes(texts.arrow.take(common)), counts[common], total=int(counts.sum()))


def counted(hashes: npt.NDArray[np.uint64], counts: Ints, *, total: int) -> Counted:
    """Of the values that LEAST_COUNT records or more hold; `total` counts all."""
    order = np.argsort(hashes)
    shares = (counts / max(total, 1)).astype(np.float32)
    return Counted(hashes[order], shares[order], (LEAST_COUNT - 1) / max(total, 1000))


def _switchboards(records: Prepared, lists: Lists, *, most_records: int, most_names: int) -> Ints:
    """Codes of the values that too many hold under too many names."""
    holders = np.bincount(lists.codes, minlength=len(lists.texts))
    suspect = holders[lists.codes] > most_records
    if not suspect.any():
        return np.empty(0, dtype=np.int64)
    owner, value = lists.owners[suspect], lists.codes[suspect].astype(np.int64)
    rows = np.column_stack((value, records.first[owner], records.last[owner], records.company[owner]))
    rows = rows[np.lexsort(rows.T[::-1])]
    new = np.ones(len(rows), dtype=np.bool_)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    value = rows[:, 0].astype(np.int64)
    names = np.bincount(value[new], minlength=len(lists.texts))
    return np.flatnonzero(names > most_names)


def _hashes_of(texts: Texts, codes: Ints) -> npt.NDArray[np.uint64]:
    return np.sort(text_hashes(texts.arrow.take(codes)))


def shares(records: Prepared, figures: Figures, *, column: str) -> npt.NDArray[np.float32]:
    """By code of the column's texts: how common the value is among all."""
    texts, _ = column_of(records, column)
    known = figures.counted[column]
    found = np.full(len(texts) + 1, known.rare, dtype=np.float32)
    if len(texts) and len(known.hashes):
        hashes = text_hashes(texts.arrow)
        place = np.minimum(np.searchsorted(known.hashes, hashes), len(known.hashes) - 1)
        held = known.hashes[place] == hashes
        found[:-1][held] = known.shares[place[held]]
    return found


def without_ignored(records: Prepared, figures: Figures) -> Prepared:
    """The records without the e-mails and phones that are nobody's own."""
    return replace(
        records,
        emails=_without(records.emails, figures.ignored["emails"]),
        phones=_without(records.phones, figures.ignored["phones"]),
    )


def _without(lists: Lists, ignored: npt.NDArray[np.uint64]) -> Lists:
    if not len(ignored) or not len(lists.texts):
        return lists
    hashes = text_hashes(lists.texts.arrow)
    # They are sorted; `np.isin` would go through all of them for one record.
    place = np.minimum(np.searchsorted(ignored, hashes), len(ignored) - 1)
    kept: Mask = ignored[place] != hashes
    return lists if kept.all() else lists.only(kept[lists.codes])
