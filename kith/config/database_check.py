"""May Kith live in this database? Asked before anything is served."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kith.backups import marker
from kith.backups.postgres import has_restoring_table
from kith.config.errors import DatabaseUnusable

OLDEST_VERSION = 15
LOWEST_CONNECTIONS = 20

_FACTS = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
       has_schema_privilege(current_schema(), 'CREATE'), current_setting('max_connections')::int,
       pg_is_in_recovery()
"""


def unmet() -> list[str]:
    """What the database lacks, each as a sentence with the way out."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS)
        rows = cursor.fetchall()
    version, encoding, may_create, connections, is_replica = cast(
        "tuple[int, str, bool | None, int, bool]", rows[0]
    )
    found = {
        f"It is PostgreSQL {version}; Kith needs {OLDEST_VERSION} or newer.": version < OLDEST_VERSION,
        f"Its encoding is {encoding}; create it with ENCODING 'UTF8'.": encoding != "UTF8",
        "Its user may not create tables; GRANT CREATE ON SCHEMA public to it.": not may_create,
        f"It allows {connections} connections; raise max_connections to {LOWEST_CONNECTIONS} or more.": (
            connections < LOWEST_CONNECTIONS
        ),
        "It is a read-only replica; name the primary server in DATABASE_URL.": is_replica,
    }
    return [sentence for sentence, applies in found.items() if applies]


def require_restored() -> None:
    """The table tells, the file of this machine tells when the table is not there yet."""
    if has_restoring_table() or marker.is_there(Path(settings.HOME)):
        raise DatabaseUnusable(marker.SENTENCE)


def require_fit() -> None:
    require_restored()
    sentences = unmet()
    if sentences:
        raise DatabaseUnusable("The database in DATABASE_URL cannot be used. " + " ".join(sentences))


def missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_migrated() -> None:
    """For `kith web` and `kith worker`, of which several start at once: they do not migrate by themselves."""
    require_fit()
    if missing_migrations():
        raise DatabaseUnusable("The database is of an older Kith. Run `kith migrate` first.")


def migrate_if_needed() -> bool:
    require_fit()
    if not missing_migrations():
        return False
    call_command("migrate", verbosity=0, interactive=False)
    return True
