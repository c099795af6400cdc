from __future__ import annotations

import pytest
from django.db import connection

from kith.config import checkup, database_check
from kith.config.checkup import Level
from kith.config.errors import DatabaseUnusable


@pytest.mark.smoke
@pytest.mark.django_db
def test_this_database_is_fit_and_migrated() -> None:
    assert database_check.unmet() == []
    assert database_check.missing_migrations() == 0
    database_check.require_migrated()


@pytest.mark.django_db
def test_a_user_without_the_right_to_create_tables_is_told_which_right(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE reader")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM public")
        cursor.execute("SET LOCAL ROLE reader")
        try:
            with pytest.raises(DatabaseUnusable, match="GRANT CREATE"):
                database_check.require_fit()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE reader")


@pytest.mark.django_db
def test_an_old_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "OLDEST_VERSION", 99)
    assert any("Kith needs 99 or newer" in sentence for sentence in database_check.unmet())


@pytest.mark.django_db
def test_the_checkup_looks_at_everything_and_misses_worker_and_administrator() -> None:
    found = {finding.what: finding.level for finding in checkup.examine()}
    assert found["database"] is Level.OK
    assert found["migrations"] is Level.OK
    assert found["worker"] is Level.WARN
    assert found["administrator"] is Level.FAIL
