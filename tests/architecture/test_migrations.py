from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    ours = [config.label for config in apps.get_app_configs() if config.name.startswith("kith.")]
    try:
        call_command("makemigrations", *ours, check=True, dry_run=True, verbosity=0)
    except SystemExit:
        pytest.fail("a model changed without its migration: run kith makemigrations")


@pytest.mark.django_db
def test_no_migration_both_changes_the_schema_and_moves_data() -> None:
    loader = MigrationLoader(connection)
    mixed = [
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if migration.__module__.startswith("kith.")
        and any(isinstance(step, RunPython) for step in migration.operations)
        and any(not isinstance(step, RunPython | RunSQL) for step in migration.operations)
    ]
    assert not mixed
