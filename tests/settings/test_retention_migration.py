"""How long files and words are kept stays as somebody set it, though it is said elsewhere now."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from kith.privacy.retention.sections import RETENTION, as_shipped
from kith.settings.in_force import in_force
from kith.settings.models import SettingsVersion

pytestmark = pytest.mark.django_db
MIGRATION = import_module("kith.settings.migrations.0003_retention_rules")


def test_what_was_set_is_carried_over_into_the_rules() -> None:
    for days in (90, 7):
        SettingsVersion.objects.create(section="import_files", body={"days": days}, actor="Ann")
    MIGRATION.carry_over(apps, None)
    shipped = {one.what: one for one in as_shipped().rules}
    found = {one.what: one for one in in_force(RETENTION).rules}
    assert found.pop("import_files").keep == 7
    assert found == {what: one for what, one in shipped.items() if what != "import_files"}


def test_past_claims_go_on_going_after_the_years_of_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_PAST_CLAIM_YEARS", "2")
    MIGRATION.carry_over(apps, None)
    found = {one.what: one for one in in_force(RETENTION).rules}
    assert (found["past_claims"].keep, found["past_claims"].active) == (730, True)
    assert found["import_files"].keep == 30


def test_where_nobody_set_anything_it_stays_as_shipped() -> None:
    SettingsVersion.objects.create(section="person_requests", body={"remind_days": 3}, actor="Ann")
    MIGRATION.carry_over(apps, None)
    assert in_force(RETENTION) == as_shipped()
    assert not SettingsVersion.objects.filter(section="retention").exists()
