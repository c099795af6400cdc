from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def master_key_file(tmp_path: Path, settings: Settings) -> Path:
    """A ring of its own for each test."""
    settings.MASTER_KEY = ""
    settings.MASTER_KEY_FILE = tmp_path / "master-key"
    return tmp_path / "master-key"
