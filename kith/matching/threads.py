"""Independent parts side by side: the libraries let go of Python's lock while they work on whole columns."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

THREADS: Final = min(4, os.cpu_count() or 1)


def in_threads(
    work: Callable[[_Item], _Made], items: Iterable[_Item], *, worth_it: bool = True
) -> list[_Made]:
    """In the order of the items. `worth_it`: threads cost more than they bring for few records."""
    if not worth_it or THREADS == 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, items))
