"""What the planner remembers of columns: values that were in a table when it was last analysed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db import OperationalError, connection, transaction
from psycopg import errors

_WAIT: Final = "3s"
"""For a table that somebody works on: then it is left, and the proof says so."""
# Each value on a line of its own: beside each other, two of others read as one that somebody had. What is
# remembered of an index of expressions is told as its table's, whose rows it is from.
_REMEMBERED: Final = """
SELECT coalesce(t.relname, c.relname), s.attname, concat_ws(E'\\n',
    array_to_string(s.most_common_vals::text::text[], E'\\n'),
    array_to_string(s.histogram_bounds::text::text[], E'\\n'),
    array_to_string(s.most_common_elems::text::text[], E'\\n'))
FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_class t ON t.oid = i.indrelid
WHERE s.schemaname NOT IN ('pg_catalog', 'information_schema')
"""
_OF_TABLE: Final = """
FROM pg_stats s WHERE s.schemaname = current_schema() AND (s.tablename = %(table)s OR s.tablename IN (
    SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = to_regclass(%(table)s)))
"""
_CLEAR: Final = (
    "SELECT pg_clear_attribute_stats(s.schemaname, s.tablename, s.attname, s.inherited)" + _OF_TABLE
)
_COLUMNS: Final = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
WHERE a.attrelid = to_regclass(%(table)s) AND a.attnum > 0 AND NOT a.attisdropped
"""


def remembered() -> Iterator[tuple[str, str, str]]:
    """(table, column, values)."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBERED)
        yield from cursor.fetchall()


def forget(tables: Iterable[str]) -> None:
    """What is not in the rows any more. Analysing a table without rows leaves what was remembered of it."""
    for table in sorted(tables):
        with connection.cursor() as cursor:
            cursor.execute(f'ANALYZE "{table}"')
        if is_empty(table):
            _clear(table)


def is_empty(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT NOT EXISTS (SELECT 1 FROM "{table}")')
        return bool(cursor.fetchall()[0][0])


def _clear(table: str) -> None:
    if _knows_how():
        with connection.cursor() as cursor:
            cursor.execute(_CLEAR, {"table": table})
        return
    try:
        _clear_by_type(table)
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.LockNotAvailable):
            raise


def _knows_how() -> bool:
    """PostgreSQL 18 does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regproc('pg_clear_attribute_stats') IS NOT NULL")
        return bool(cursor.fetchall()[0][0])


@transaction.atomic
def _clear_by_type(table: str) -> None:
    """A column that is given its own type again, and what is indexed of it, is remembered nothing of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_WAIT])
        cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        if not is_empty(table):
            return
        cursor.execute(_COLUMNS, {"table": table})
        for column, its_type in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {its_type}')
