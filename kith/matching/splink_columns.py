"""Records as the table that a model written by `splink_json` asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.pairs import Facts
from kith.matching.prepared import NO_DAY, NUMBER_KINDS, Codes, Lists, Prepared, Texts
from kith.matching.surname_forms import last_name_stem

_GENDERS: Final = pa.array([None, "female", "male"])


def splink_columns(facts: Facts) -> pa.Table:
    """`unique_id` and a column for everything a level looks at; null is not known, lists are never empty."""
    records = facts.records
    made = {"unique_id": pa.array(records.ids)}
    sounds = _sounds(facts)
    for name in ("first", "middle", "last"):
        codes: Codes = getattr(records, name)
        made[f"{name}_key"] = _texts(records.names, codes)
        made[f"{name}_sounds"] = sounds.take(pa.array(codes, mask=codes < 0))
    made["first_nicknames"] = _nicknames(facts)
    made["last_stem"] = _made(records.names, records.last, lambda name: last_name_stem(name) or None)
    made["company_key"] = _texts(records.company_names, records.company)
    made["gender"] = _GENDERS.take(pa.array(records.gender))
    made["birth_date"] = pa.array(records.birth, mask=records.birth == NO_DAY).cast(pa.date32())
    made["birth_digits"] = pc.strftime(made["birth_date"], format="%Y%m%d")
    for kind, codes in zip(NUMBER_KINDS, records.numbers, strict=True):
        made[kind] = _texts(records.number_texts, codes)
    made["emails"], made["phones"] = _lists(records.emails), _lists(records.phones)
    made["local_parts"] = _local_parts(facts)
    made["postcode_keys"], made["addresses"] = _addresses(records)
    return pa.table(made)


def _texts(texts: Texts, codes: Codes) -> pa.Array:
    return texts.arrow.take(pa.array(codes, mask=codes < 0))


def _made(texts: Texts, codes: Codes, rule: Callable[[str], object]) -> pa.Array:
    return pa.array([rule(text) for text in texts.all()]).take(pa.array(codes, mask=codes < 0))


def _sounds(facts: Facts) -> pa.Array:
    """By name code; numbers as texts, as only their being equal matters. Marked, so that consonants are never
    taken for a sound."""
    traits = facts.names
    kinds = zip(traits.sound.tolist(), traits.skeleton.tolist(), strict=True)
    found = ([f"s{sound}"] * (sound >= 0) + [f"k{bones}"] * (bones >= 0) for sound, bones in kinds)
    return pa.array((keys or None for keys in found), pa.list_(pa.string()))


def _nicknames(facts: Facts) -> pa.Array:
    groups, codes = facts.names.nicknames, facts.records.first
    return _lists(groups).take(pa.array(codes, mask=codes < 0))


def _lists(lists: Lists) -> pa.Array:
    return _nested(lists.offsets, lists.texts.arrow.take(pa.array(lists.codes)))


def _local_parts(facts: Facts) -> pa.Array:
    """Codes as texts: only their being equal matters."""
    emails = facts.records.emails
    codes = facts.local_parts[emails.codes]
    counts = np.bincount(emails.owners[codes >= 0], minlength=len(facts.records))
    return _nested(np.concatenate(([0], np.cumsum(counts))), pa.array(codes[codes >= 0]).cast(pa.string()))


def _addresses(records: Prepared) -> tuple[pa.Array, pa.Array]:
    """Postcodes; and, where the street is known too, street and postcode."""
    owners, known = records.address_owners, records.postcodes >= 0
    whole = known & (records.streets >= 0)
    streets = _texts(records.street_texts, records.streets[whole])
    postcodes = _texts(records.postcode_texts, records.postcodes)
    joined = pc.binary_join_element_wise(streets, postcodes.filter(pa.array(whole)), "|")
    return (
        _nested(_offsets_of(owners[known], len(records)), postcodes.filter(pa.array(known))),
        _nested(_offsets_of(owners[whole], len(records)), joined),
    )


def _offsets_of(owners: np.typing.NDArray[np.int64], size: int) -> np.typing.NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=size))))


def _nested(offsets: np.typing.NDArray[np.int64], values: pa.Array) -> pa.Array:
    """Empty lists become null."""
    found = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)
    return pc.if_else(pc.equal(pc.list_value_length(found), 0), None, found)
