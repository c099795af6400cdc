from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def attachment_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ATTACHMENT_FOLDER = tmp_path / "attachments"
    settings.MASTER_KEY_FILE = tmp_path / "master-key"
    return tmp_path / "attachments"
