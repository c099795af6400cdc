"""The overrides of one contact: those that count, what they hang on, and what they replace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Final, cast

from django.db import connection
from django.db.models import QuerySet

from kith.contacts.may.asking import RESTRICTED
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import unseen
from kith.golden import opt_outs, wording
from kith.golden.models import GoldenOverride
from kith.golden.pieces import Piece, editable_fields, keys_of
from kith.golden.rules import LIST_FIELDS, custom_code, parts_of
from kith.golden.standing import SAID
from kith.kernel.errors import Refused
from kith.matching.records import ADDRESS_PARTS
from kith.sources.models import Membership, SourceRecord

OVERRIDDEN: Final = "overridden"
"""In `Contact.provenance`: {golden field: id of the override that made it}."""

OPEN: Final = (GoldenOverride.State.IN_FORCE, GoldenOverride.State.PENDING)


def open_of(contact_id: int) -> QuerySet[GoldenOverride]:
    """In force or pending, newest first."""
    mine = GoldenOverride.objects.filter(record__membership__contact_id=contact_id, state__in=OPEN)
    return mine.order_by("-id")


def effective(contact: Contact) -> Mapping[str, int]:
    """By golden field the override that made it what it is."""
    found = contact.provenance.get(OVERRIDDEN, {})
    return found if isinstance(found, dict) else {}


def latest_of(contact_id: int, field: str) -> GoldenOverride | None:
    """What a further edit builds on: the one that waits, else the one that counts."""
    return open_of(contact_id).filter(field=field).order_by("-state", "-id").first()


def contact_of(override_id: int) -> int | None:
    found = Membership.objects.filter(record__overrides__id=override_id).values_list("contact_id", flat=True)
    return found.first()


def waiting_of(contact_id: int, field: str) -> QuerySet[GoldenOverride]:
    return open_of(contact_id).filter(field=field, state=GoldenOverride.State.PENDING)


def replaced_by_new(
    contact_id: int, field: str, *, states: Sequence[GoldenOverride.State]
) -> list[GoldenOverride]:
    """Locked. Whoever says what a field is means the contact as it stands, with all its System Refs."""
    mine = open_of(contact_id).filter(field=field, state__in=states)
    return list(mine.select_for_update(of=("self",)).order_by("id"))


def anchor_of(contact: Contact, field: str) -> int:
    """The System Ref whose claim wins the field now; else that of the override which does; else primary."""
    counts = effective(contact).get(field)
    mine = GoldenOverride.objects.filter(pk=counts or 0).values_list("record_id", flat=True).first()
    candidates = (_said_by(contact, field), mine, contact.primary_record_id)
    members = set(
        Membership.objects.filter(contact=contact, record_id__in=[pk for pk in candidates if pk]).values_list(
            "record_id", flat=True
        )
    )
    found = next((pk for pk in candidates if pk in members), None) or _first_member(contact)
    if found is None:
        raise Refused("This contact has no System Ref.")
    return found


def _said_by(contact: Contact, field: str) -> int | None:
    if field not in LIST_FIELDS:
        won = contact.provenance.get(field)
        return won if isinstance(won, int) else None
    rows = getattr(contact, field).filter(is_primary=True)
    return cast(int | None, rows.values_list("source_record_id", flat=True).first())


def _first_member(contact: Contact) -> int | None:
    return contact.memberships.order_by("record_id").values_list("record_id", flat=True).first()


def state_of(contact: Contact, field: str) -> str:
    """Another one as soon as the golden value or an edit of it is another."""
    edits = list(open_of(contact.pk).filter(field=field).values_list("id", "state"))
    return _state(contact, field, edits)


def states_of(contact: Contact, *, custom: Sequence[str] = ()) -> Mapping[str, str]:
    """By golden field, as `state_of`: four queries. `custom`: user-defined fields, with their prefix."""
    edits: dict[str, list[tuple[int, str]]] = {}
    for pk, field, state in open_of(contact.pk).values_list("id", "field", "state"):
        edits.setdefault(field, []).append((pk, state))
    fields = (*editable_fields(contact.kind), *custom)
    return {field: _state(contact, field, edits.get(field, [])) for field in fields}


def _state(contact: Contact, field: str, edits: Sequence[tuple[int, str]]) -> str:
    told = json.dumps([_golden_value(unseen(contact), field), list(edits)], default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _golden_value(contact: Contact, field: str) -> list[object]:
    if field not in LIST_FIELDS:
        code = custom_code(field)
        if code is not None:
            return [(contact.custom or {}).get(code)]
        return [getattr(contact, name) for name in parts_of(field)]
    columns = ADDRESS_PARTS if field == "addresses" else ("value",)
    return list(getattr(contact, field).order_by("position").values_list(*columns, "type"))


def keys_said(contact: Contact, field: str) -> set[str]:
    """Keys of the values of a list that some System Ref of the contact says."""
    columns = ("addresses", "street_keys", "postcode_keys") if field == "addresses" else (field,)
    rows = SourceRecord.objects.of_contact(contact.pk).values(*columns)
    return {key for row in rows for key in keys_of(cast(Piece, row), field=field)}


def noes_of(contact_id: int, field: str) -> list[int]:
    """System Refs of the contact that refuse: by their claim, or by an opt-out kept."""
    records = SourceRecord.objects.of_contact(contact_id).filter(**{field: False})
    kept = opt_outs.kept_of(contact_id).get(field, frozenset())
    return sorted({*records.values_list("pk", flat=True), *kept})


def outranked(contact: Contact, field: str, *, mode: str) -> list[int]:
    """The System Refs that say no, of which a person says that it is a yes all the same."""
    noes = noes_of(contact.pk, field)
    if noes and mode != GoldenOverride.Mode.PINNED:
        raise Refused(
            "A source says no, and a no wins. Pin your yes if the person told you so themselves: it holds "
            "against that no, not against another one."
        )
    return noes


def put_pending_in_force() -> int:
    """What they replace ends; the contacts wait for assembly. Returns how many. What was typed before the
    processing of its contact was restricted goes on waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OUTDATED)
        cursor.execute(_REPLACE)
        cursor.execute(_BEGIN)
        return int(cursor.fetchall()[0][0])


_MAY_BEGIN: Final = f"""NOT EXISTS (
    SELECT FROM ({RESTRICTED}) held JOIN sources_membership of_it ON of_it.contact_id = held.contact_id
    WHERE of_it.record_id = o.record_id AND held.since > o.made_at)"""
_OUTDATED: Final = f"""
UPDATE golden_goldenoverride o
SET state = 'ended', ended_at = now(), ended_because = 'source_changed'
FROM sources_sourcerecord r
WHERE r.id = o.record_id AND o.state = 'pending' AND o.mode = 'until_changed' AND o.against <> {SAID}
"""
_REPLACE: Final = f"""
WITH due AS (
    SELECT o.id, o.field, m.contact_id
    FROM golden_goldenoverride o JOIN sources_membership m ON m.record_id = o.record_id
    WHERE o.state = 'pending' AND {_MAY_BEGIN} ORDER BY o.id FOR UPDATE OF o
)
UPDATE golden_goldenoverride o
SET state = 'ended', ended_at = now(), ended_because = 'replaced'
FROM sources_membership m, due
WHERE m.record_id = o.record_id AND o.state = 'in_force'
    AND due.contact_id = m.contact_id AND due.field = o.field
"""
_BEGIN: Final = f"""
WITH begun AS (
    UPDATE golden_goldenoverride o SET state = 'in_force', in_force_at = now()
    WHERE o.state = 'pending' AND {_MAY_BEGIN} RETURNING o.record_id
), waiting AS (
    UPDATE contacts_contact c SET stale_at = now() FROM sources_membership m
    WHERE m.record_id IN (SELECT record_id FROM begun) AND c.id = m.contact_id AND c.stale_at IS NULL
        AND c.state = 'active'
)
SELECT count(*) FROM begun
"""


def words_now(contact: Contact, field: str) -> str:
    """The golden value in one line."""
    if field not in LIST_FIELDS:
        return wording.of_values(field, _golden_value(contact, field))
    rows = getattr(contact, field).order_by("position")
    if field == "addresses":
        return "; ".join(wording.address_line(row) for row in rows.values(*ADDRESS_PARTS))
    return ", ".join(rows.values_list("value", flat=True))
