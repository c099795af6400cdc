"""A hub for the benchmarks: a data folder, a big file, `kith` as a process with its memory watched.

`BENCH_SIZE` sets the number of System Refs (1,000,000). The folder `var/bench`, or `BENCH_FOLDER`,
is kept between runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
import psutil

from kith.demo.club import Club, generate

SIZE = int(os.environ.get("BENCH_SIZE", "1000000"))
_KEPT = Path(__file__).parent.parent / "var" / "bench"
FOLDER = Path(os.environ.get("BENCH_FOLDER", _KEPT)) / str(SIZE)
SOURCE = "BENCH"


@dataclass(frozen=True, slots=True)
class Watched:
    seconds: float
    peak_mb: float
    """Of the whole process tree but the database server, sampled every 50 ms."""
    output: str


@dataclass(frozen=True, slots=True)
class Files:
    claims: Path
    mapping: Path
    transactions: Path
    truth: Path


def emptied() -> Path:
    """The hub that most benchmarks look into, new, with a source."""
    home = FOLDER / "home"
    _GROUPED.unlink(missing_ok=True)
    shutil.rmtree(home, ignore_errors=True)
    kith("migrate", "-v0", home=home)
    kith("shell", "-v0", "-c", ADD_SOURCE, home=home)
    return home


def take_in(home: Path) -> Watched:
    made = files()
    return kith("import", str(made.claims), "--source", SOURCE, "--mapping", str(made.mapping), home=home)


def grouped() -> Path:
    """That hub with every System Ref grouped; made now where `import` and `run` did not make it."""
    home = FOLDER / "home"
    if not _GROUPED.exists():
        take_in(emptied())
        kith("run", home=home)
        _GROUPED.touch()
    return home


def now_grouped() -> None:
    _GROUPED.touch()


_GROUPED: Final = FOLDER / "grouped"
ADD_SOURCE: Final = f"""
from kith.sources.models import SourceSystem
from kith.runs.models import RunSettings
SourceSystem.objects.get_or_create(code={SOURCE!r}, defaults=dict(name="Bench", default_country="CY"))
RunSettings.objects.update_or_create(pk=1, defaults=dict(enabled=False, after_import=False))
"""


def kith(*words: str, home: Path) -> Watched:
    """Run a `kith` command to its end; raises with its output when it fails."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "KITH_HOME": str(home)}
    started_at = time.perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("kith")), *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    peak = [0.0]
    watcher = threading.Thread(target=watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started_at
    watcher.join(timeout=1)
    if process.returncode not in {0, 1}:
        raise RuntimeError(f"kith {' '.join(words)} ended with {process.returncode}:\n{output[-2000:]}")
    return Watched(seconds, peak[0], output)


def watch(pid: int, peak: list[float]) -> None:
    """Keeps the most megabytes the process tree has held, but for the database server, in `peak[0]`."""
    while True:
        try:
            top = psutil.Process(pid)
            tree = [top, *top.children(recursive=True)]
            used = sum(process.memory_info().rss for process in tree if process.name() != "postgres")
        except psutil.Error:
            return
        peak[0] = max(peak[0], used / 1024**2)
        time.sleep(0.05)


def files() -> Files:
    """One CSV of all the club's System Refs, whatever source they came from, with the mapping for it."""
    made = Files(*(FOLDER / name for name in ("claims.csv", "mapping.json", "transactions.csv", "truth.csv")))
    if made.mapping.exists():
        return made
    club = generate(size=SIZE, folder=FOLDER / "club")
    claims = pl.concat([_claims(club, code=source.code) for source in club.sources], how="diagonal")
    claims.write_csv(made.claims)
    _with_one_source(pl.read_csv(club.truth, infer_schema=False)).write_csv(made.truth)
    _with_one_source(pl.read_csv(club.transactions, infer_schema=False)).drop("source").write_csv(
        made.transactions
    )
    made.mapping.write_text(json.dumps({name: name for name in claims.columns}), encoding="utf-8")
    return made


def _claims(club: Club, *, code: str) -> pl.DataFrame:
    source = next(source for source in club.sources if source.code == code)
    if source.path.suffix == ".xlsx":
        frame = pl.read_excel(source.path, infer_schema_length=0)
    else:
        text = source.path.read_bytes().decode(source.encoding)
        frame = pl.read_csv(text.encode(), separator=source.separator, infer_schema=False)
    kept = {header: field for header, field in source.mapping.items() if header in frame.columns}
    named = frame.select(pl.col(header).alias(field) for header, field in kept.items())
    return named.with_columns(system_ref=pl.lit(code + "-") + pl.col("system_ref"))


def _with_one_source(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(system_ref=pl.col("source") + "-" + pl.col("system_ref"))
