from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from kith.access.actors import COMMAND_LINE
from kith.sources import actions
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceSystem

Importer = Callable[..., Import]


@pytest.fixture(autouse=True)
def import_folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def source(db: None) -> SourceSystem:
    return actions.add_source(
        actor=COMMAND_LINE, code="TICKETS", details=actions.SourceDetails(name="Ticketing", kind="ticketing")
    )


@pytest.fixture
def take_in(source: SourceSystem) -> Importer:
    """Import the text as a CSV into the source, here and now."""

    def import_text(text: str | bytes, **options: object) -> Import:
        content = text.encode() if isinstance(text, str) else text
        given = {"kind": "contacts", "source": source, "file_name": "clients.csv", **options}
        job = actions.add_import(actor=COMMAND_LINE, content=[content], **given)  # type: ignore[arg-type]
        actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
        return run_import(job.pk)

    return import_text
