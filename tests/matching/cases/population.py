"""The hub the cases are judged in: 100,000 persons, 10,000 companies, usual common names and postcodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa

from kith.matching.comparable import Comparable
from kith.matching.figures import Counted, Figures, counted
from kith.matching.text_hash import text_hashes

PERSONS: Final = 100_000
COMPANIES: Final = 10_000

# Of 100,000, by folded key: about 1 in 100 for a common first name, 1 in 200 for a common last name.
_COMMON_FIRST: Final = """
john david michael sarah mary peter paul mark jane steven james anne susan william robert thomas andreas maria
giorgos george nikos dimitris andrea jose antonio carmen mehmet ivan aleksandr sergey anna anders jon
mohammed ahmed ali wei minji minsu raj amit vanan hans
"""
_COMMON_LAST: Final = """
smith jones johnson brown williams taylor wilson davis miller anderson evans lewis clarke murphy georgiou
andreou charalambous papadopoulos ivanov smirnov garcia rossi muller mueller schmidt schmitt yilmaz
nguyen tran wang li zhang chen kim lee park singh kumar sharma andersson jonsson cohen levi
"""
_EACH: Final = {"first": 1_000, "last": 500}
_OTHERS: Final = {"first": 50, "last": 10, "postcodes": 100}


def figures_of(records: Iterable[Comparable]) -> Figures:
    """Names of the cases that are not common are borne by some others too."""
    known = list(records)
    shares = {
        "first": _counted("first", {record.first_key for record in known}, _COMMON_FIRST),
        "last": _counted("last", {record.last_key for record in known}, _COMMON_LAST),
        "postcodes": _counted("postcodes", {key for record in known for key in record.postcode_keys}, ""),
    }
    nothing = Figures.none()
    return replace(nothing, persons=PERSONS, companies=COMPANIES, counted={**nothing.counted, **shares})


def _counted(column: str, names: set[str], common: str) -> Counted:
    counts = dict.fromkeys(names - {""}, _OTHERS[column]) | dict.fromkeys(
        common.split(), _EACH.get(column, 0)
    )
    hashes = text_hashes(pa.array(list(counts), pa.string()))
    return counted(hashes, np.array(list(counts.values()), dtype=np.int64), total=PERSONS)
