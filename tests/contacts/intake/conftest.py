from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from kith.access.actors import COMMAND_LINE, Actor
from kith.sources import actions
from kith.sources.importing import run_import
from kith.sources.models import LOCAL, Import, SourceSystem

TakeIn = Callable[..., Import]


@pytest.fixture(autouse=True)
def import_folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    return tmp_path / "imports"


@pytest.fixture
def local(db: None) -> SourceSystem:
    defaults = {"name": "Kith", "kind": "local", "priority": 1, "default_country": "GB"}
    return SourceSystem.objects.get_or_create(code=LOCAL, defaults=defaults)[0]


@pytest.fixture
def take_in(local: SourceSystem) -> TakeIn:
    def import_text(text: str, *, actor: Actor = COMMAND_LINE) -> Import:
        job = actions.add_import(
            actor=actor, source=local, kind="contacts", file_name="people.csv", content=[text.encode()]
        )
        actions.start_import(actor=actor, import_id=job.pk, in_background=False)
        return run_import(job.pk)

    return import_text
