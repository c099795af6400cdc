"""Claims to cleaned columns with match keys: what a worker process does with one chunk. No Django here."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Final

import polars as pl
import pyarrow as pa

from kith.matching.cleaning import CleaningOptions, clean
from kith.matching.keys import match_keys

WORKERS: Final = 2

Cleaner = Callable[[pl.DataFrame, CleaningOptions], "Future[pa.Table]"]


def clean_and_key(fields: pl.DataFrame, options: CleaningOptions) -> pa.Table:
    """`fields`: a column per claim field. The columns of CLEANED and `match_keys`, row for row."""
    cleaned = clean(fields, options=options)
    return cleaned.append_column("match_keys", match_keys(cleaned))


def _inline(fields: pl.DataFrame, options: CleaningOptions) -> Future[pa.Table]:
    done: Future[pa.Table] = Future()
    done.set_result(clean_and_key(fields, options))
    return done


@contextmanager
def cleaner(*, in_processes: bool) -> Iterator[Cleaner]:
    """Two worker processes for a big file; for a small one the cost of starting them is not worth it."""
    if not in_processes:
        yield _inline
        return
    context = multiprocessing.get_context("spawn")
    pool: Executor = ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_leave_with_the_parent)
    try:
        yield lambda fields, options: _somewhere(pool, fields, options)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _somewhere(pool: Executor, fields: pl.DataFrame, options: CleaningOptions) -> Future[pa.Table]:
    """The same file again has nothing to clean: no process is started for that."""
    return pool.submit(clean_and_key, fields, options) if fields.height else _inline(fields, options)


def _leave_with_the_parent() -> None:
    """A killed import leaves no worker process behind."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    threading.Thread(target=_wait_for_the_parent, daemon=True).start()


def _wait_for_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
