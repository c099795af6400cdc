"""Golden records as they are stored, in the words of a preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from kith.golden.rules import FIELDS, NAME, PLAIN_FIELDS

_SAID: Final = ", ".join(f"c.{field}" for field in (NAME, *PLAIN_FIELDS))
BETWEEN: Final = {"emails": ", ", "phones": ", ", "addresses": "; "}
"""What stands between the values of a list in a preview."""


def listed(field: str, *, table: str, contact_id: str) -> str:
    """SQL of a list field in one line; PostgreSQL and DuckDB read it alike."""
    one = "concat_ws(', ', line1, line2, concat_ws(' ', city, postcode), country)"
    value = one if field == "addresses" else "value"
    return (
        f"(SELECT string_agg({value}, '{BETWEEN[field]}' ORDER BY position)"
        f" FROM {table} v WHERE v.contact_id = {contact_id})"
    )


_LISTS: Final = (
    listed("emails", table="contacts_contactemail", contact_id="c.id"),
    listed("phones", table="contacts_contactphone", contact_id="c.id"),
    listed("addresses", table="contacts_contactaddress", contact_id="c.id"),
)
_STORED: Final = f"SELECT c.id, {_SAID}, {', '.join(_LISTS)} FROM contacts_contact c WHERE c.id = ANY(%s)"


def stored_golden(contact_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """By GroupID what each golden field reads; one query. As `assembly.preview` would say of those that are
    not stale.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [list(contact_ids)])
        return {
            int(row[0]): {
                field: as_read(value)
                for field, value in zip(FIELDS, row[1:], strict=True)
                if value is not None
            }
            for row in cursor.fetchall()
        }


def as_read(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
