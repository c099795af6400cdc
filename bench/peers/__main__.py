"""`python -m bench.peers NAME RECORDS TRUTH FOLDER`: one peer in a process of its own.

Writes `clusters.parquet` and `result.json` into the folder. The parent watches this process's memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq

from bench.peers.known import peer


def main(name: str, records: Path, truth: Path, folder: Path) -> None:
    resolved = peer(name).resolve(pq.read_table(records), pq.read_table(truth))
    pq.write_table(resolved.clusters, folder / "clusters.parquet")
    result = {"seconds": resolved.seconds, "counted": list(resolved.counted)}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], *(Path(word) for word in sys.argv[2:5]))
