"""`make rows`: which rows of the specification a test names (test_k18_..., or "K18" in a docstring)."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT

ROW = re.compile(r"^([KCXA]\d+)\s+(.*)$")


def rows() -> dict[str, str]:
    lines = (ROOT / "docs" / "rows.txt").read_text(encoding="utf-8").splitlines()
    return {m[1]: m[2] for line in lines if (m := ROW.match(line))}


def named() -> dict[str, int]:
    """How many test functions name each row."""
    counts: dict[str, int] = {}
    for path in (ROOT / "tests").rglob("test_*.py"):
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8")):
            for row in re.findall(r"_([kcxa]\d+)(?=_|$)", name):
                counts[row.upper()] = counts.get(row.upper(), 0) + 1
    return counts


if __name__ == "__main__":
    counts = named()
    for row, title in rows().items():
        print(f"{counts.get(row, 0) or '-':>4}  {row:<4} {title}")
    covered = sum(1 for row in rows() if row in counts)
    print(f"{covered} of {len(rows())} rows have a test that names them.")
