from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from tests.settings import tea


@pytest.fixture
def tea_sections(settings: Settings, db: None) -> None:
    """Kith with the settings of `tea` only."""
    settings.KITH_SETTINGS_SECTIONS = "tests.settings.tea.SECTIONS"
    tea.REACTED.clear()
