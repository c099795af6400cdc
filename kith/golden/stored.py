"""Golden records as they are stored, in the words of a preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import connection

from kith.golden.rules import FIELDS, NAME, PLAIN_FIELDS

_SAID: Final = ", ".join(f"c.{field}" for field in (NAME, *PLAIN_FIELDS))
_LISTED: Final = (
    "(SELECT string_agg({value}, '{between}' ORDER BY position) FROM {table} v WHERE contact_id = c.id)"
)
_ADDRESS: Final = "concat_ws(', ', line1, line2, concat_ws(' ', postcode, city), country)"
_LISTS: Final = (
    _LISTED.format(value="value", between=", ", table="contacts_contactemail"),
    _LISTED.format(value="value", between=", ", table="contacts_contactphone"),
    _LISTED.format(value=_ADDRESS, between="; ", table="contacts_contactaddress"),
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
                field: _as_read(value)
                for field, value in zip(FIELDS, row[1:], strict=True)
                if value is not None
            }
            for row in cursor.fetchall()
        }


def _as_read(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
