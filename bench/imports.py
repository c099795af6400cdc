"""How fast does a file become cleaned source records, against a plain COPY of the same file?"""

from __future__ import annotations

import time
from pathlib import Path

import psycopg

from bench.benchmark import Measurement, benchmark
from bench.hub import SIZE, emptied, files, take_in


@benchmark(
    "import",
    question=f"{SIZE:,} System Refs from one CSV: plain COPY, first import, the same file again",
    baseline="COPY into text columns",
)
def imports() -> list[Measurement]:
    made, home = files(), emptied()
    first, again = take_in(home), take_in(home)
    copied = _copy(made.claims, home=home)
    return [
        Measurement(
            "COPY into text columns", copied, SIZE, {"file MB": round(made.claims.stat().st_size / 1e6)}
        ),
        Measurement("kith import", first.seconds, SIZE, {"peak MB": round(first.peak_mb)}),
        Measurement("kith import, unchanged", again.seconds, SIZE, {"peak MB": round(again.peak_mb)}),
    ]


def _copy(path: Path, *, home: Path) -> float:
    """Seconds for COPY of the file into a logged table of text columns, committed, on the same server."""
    from kith.config.embedded_postgres import start

    header = path.open(encoding="utf-8").readline().strip().split(",")
    columns = ", ".join(f'"{name}" text' for name in header)
    with psycopg.connect(start(home / "postgres")) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_plain")
        connection.execute(f"CREATE TABLE bench_plain ({columns})")
        connection.commit()
        started_at = time.perf_counter()
        with (
            connection.cursor().copy("COPY bench_plain FROM STDIN (FORMAT csv, HEADER)") as copy,
            path.open("rb") as file,
        ):
            while block := file.read(1 << 20):
                copy.write(block)
        connection.commit()
        seconds = time.perf_counter() - started_at
        connection.execute("DROP TABLE bench_plain")
        connection.commit()
    return seconds
