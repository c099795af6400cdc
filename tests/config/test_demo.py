from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def _demo(home: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"KITH_HOME": str(home), "KITH_TESTING": "1"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "kith", "demo", "--size", "600", "--no-serve"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_demo_loads_groups_measures_and_prints_the_login_and_a_second_one_only_prints(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    first = _demo(home)
    assert first.returncode == 0, first.stderr
    for words in ("Ticketing", "600 System Refs", "F1 0.", "steward@kith.example", "password"):
        assert words in first.stdout
    second = _demo(home)
    assert second.returncode == 0
    assert "loaded already" in second.stdout
    password = first.stdout.partition("password  ")[2].split()[0]
    assert password in second.stdout
