"""A 64-bit hash of a text that never changes with a version of anything: the low half of MD5."""

from __future__ import annotations

import hashlib
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

_FEW: Final = 500


def text_hashes(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """One per text, in order."""
    if len(texts) <= _FEW:
        return np.array([_hash(text) for text in texts.to_pylist()], dtype=np.uint64)
    with duckdb.connect() as db:
        db.register("given", pa.table({"text": texts}))
        db.execute("SET preserve_insertion_order = true")
        found = db.execute("SELECT md5_number_lower(text) AS hash FROM given").fetchnumpy()["hash"]
        return np.asarray(found, dtype=np.uint64)


def text_hash(text: str) -> int | None:
    """None for ''."""
    return _hash(text) if text else None


def _hash(text: str) -> int:
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little")
