"""A slice of contacts as vCards, as their reader may see them. Six queries, however many contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.vcard import Card, CardAddress, CardDetail, vcard_of
from kith.find.exporting.columns import category_words, standing_words
from kith.find.exporting.rows import seen
from kith.find.eyes import Eyes
from kith.matching.records import ADDRESS_PARTS, COMPANY

_TEXTS: Final = (
    "name",
    "title",
    "first_name",
    "middle_name",
    "last_name",
    "company_name",
    "gender",
    "birth_date",
    "language",
    "website",
    "category",
)
_NAMES: Final = frozenset({"name", "title", "first_name", "middle_name", "last_name"})


def cards_of(contact_ids: Sequence[int], *, eyes: Eyes) -> list[str]:
    """By GroupID, those that are active."""
    ids = list(contact_ids)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [ids])
        found = cursor.fetchall()
    sights = eyes.on({pk: kind for pk, kind, *_ in found})
    emails, phones = _details("email", ids), _details("phone", ids)
    addresses, standing, categories = _addresses(ids), standing_words(ids), category_words()
    cards = []
    for pk, kind, revised_at, *texts in found:
        sight = sights[pk]
        said = dict(zip(_TEXTS, texts, strict=True))
        said["category"] = categories(said["category"]) if said["category"] else ""
        cards.append(
            vcard_of(
                _card(
                    pk,
                    kind,
                    {name: _seen(sight, name, text) for name, text in said.items()},
                    revised_at=revised_at,
                    note=standing.get(pk, ""),
                    emails=_seen_details(sight, "emails", emails.get(pk, ())),
                    phones=_seen_details(sight, "phones", phones.get(pk, ())),
                    addresses=addresses.get(pk, ()) if sight.shows("addresses") is Shown.SHOWN else (),
                )
            )
        )
    return cards


def _card(
    pk: int,
    kind: str,
    said: Mapping[str, str],
    *,
    revised_at: datetime | None,
    note: str,
    emails: Sequence[CardDetail],
    phones: Sequence[CardDetail],
    addresses: Sequence[CardAddress],
) -> Card:
    return Card(
        group_id=pk,
        is_company=kind == COMPANY,
        name=said["name"],
        title=said["title"],
        first_name=said["first_name"],
        middle_name=said["middle_name"],
        last_name=said["last_name"],
        company_name=said["company_name"],
        gender=said["gender"],
        birth_date=said["birth_date"],
        language=said["language"],
        website=said["website"],
        category=said["category"],
        emails=emails,
        phones=phones,
        addresses=addresses,
        note=note,
        revised_at=revised_at,
    )


def _seen(sight: Sight, name: str, text: str | None) -> str:
    return seen(sight, field="name" if name in _NAMES else name, text=text or "")


def _seen_details(sight: Sight, field: str, details: Sequence[CardDetail]) -> list[CardDetail]:
    shown = (
        CardDetail(value=sight.of(field, one.value), type=one.type, is_primary=one.is_primary)
        for one in details
    )
    return [one for one in shown if one.value]


def _details(what: str, ids: Sequence[int]) -> Mapping[int, list[CardDetail]]:
    found: dict[int, list[CardDetail]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_DETAILS.format(what=what), [list(ids)])
        for pk, value, kind, is_primary in cursor.fetchall():
            found[pk].append(CardDetail(value=value, type=kind, is_primary=is_primary))
    return found


def _addresses(ids: Sequence[int]) -> Mapping[int, list[CardAddress]]:
    found: dict[int, list[CardAddress]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, [list(ids)])
        for pk, kind, is_primary, *parts in cursor.fetchall():
            named = dict(zip(ADDRESS_PARTS, parts, strict=True))
            found[pk].append(CardAddress(parts=named, type=kind, is_primary=is_primary))
    return found


_READ: Final = f"""
SELECT id, kind, coalesce(assembled_at, created_at), {", ".join(f"{name}::text" for name in _TEXTS)}
FROM contacts_contact WHERE id = ANY(%s) AND state = 'active' ORDER BY id
"""
_DETAILS: Final = """
SELECT contact_id, value, type, is_primary FROM contacts_contact{what}
WHERE contact_id = ANY(%s) ORDER BY contact_id, position
"""
_ADDRESSES: Final = f"""
SELECT contact_id, type, is_primary, {", ".join(ADDRESS_PARTS)} FROM contacts_contactaddress
WHERE contact_id = ANY(%s) ORDER BY contact_id, position
"""
