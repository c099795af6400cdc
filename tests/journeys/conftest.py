from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings

from kith.access.actors import COMMAND_LINE
from kith.sources import actions
from kith.sources.models import LOCAL, SourceSystem


@pytest.fixture(autouse=True)
def import_folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def ticketing(transactional_db: None) -> SourceSystem:
    return actions.add_source(
        actor=COMMAND_LINE, code="TICKETS", details=actions.SourceDetails(name="Ticketing", kind="ticketing")
    )


@pytest.fixture
def local(transactional_db: None) -> SourceSystem:
    """Made by a migration; a test with real transactions empties every table after itself."""
    found, _ = SourceSystem.objects.get_or_create(
        code=LOCAL, defaults={"name": "Kith", "kind": "local", "priority": 1}
    )
    return found


@pytest.fixture
def work_off(run_jobs: Callable[[], None]) -> Callable[[], None]:
    """`run_jobs` in a thread of its own: the browser's event loop runs in this one."""

    def run() -> None:
        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(run_jobs).result()

    return run
