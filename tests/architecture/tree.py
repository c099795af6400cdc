"""Where the guards look."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KITH = ROOT / "kith"


@cache
def source_files() -> tuple[Path, ...]:
    """Kith's Python files, without migrations."""
    return tuple(sorted(p for p in KITH.rglob("*.py") if "migrations" not in p.parts))


@cache
def template_files() -> tuple[Path, ...]:
    return tuple(sorted(KITH.rglob("templates/**/*.html")))


@cache
def tracked_files() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file())


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
