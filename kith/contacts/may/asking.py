"""Standing asked of stored contacts: of some by GroupID, or of a whole query at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NewType

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.contacts.may.rules import ALL, Act, Ask, Facts, Message, may_we
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.kernel.decision import Decision
from kith.sources.models import Membership

_Reason: Final = Suppression.Reason
_FIELDS: Final = {Message.MARKETING: "direct_marketing", Message.AFFILIATE: "affiliate_marketing"}
Allowed = NewType("Allowed", QuerySet[Contact])
"""Contacts of whom `allowed` was asked; only this module makes one. Whoever sends takes nothing else."""


def may_we_each(contact_ids: Sequence[int], ask: Ask) -> Mapping[int, Decision]:
    return {pk: may_we(facts, ask) for pk, facts in facts_of(contact_ids).items()}


def hold_to(contact_id: int, ask: Ask) -> None:
    """Refused, with every reason."""
    may_we_each([contact_id], ask)[contact_id].or_raise()


def facts_of(contact_ids: Sequence[int]) -> dict[int, Facts]:
    """In two queries; a GroupID that is not there forbids everything."""
    found = dict.fromkeys(contact_ids, NOBODY)
    carried: dict[int, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, [list(contact_ids)])
        for contact_id, reason, scope in cursor.fetchall():
            carried.setdefault(contact_id, []).append((reason, scope))
    rows = Contact.objects.filter(pk__in=contact_ids).values_list("pk", "state", *_FIELDS.values())
    for pk, state, direct, affiliate in rows:
        said = carried.get(pk, [])
        refused = {Message.MARKETING: direct, Message.AFFILIATE: affiliate}
        found[pk] = Facts(
            is_active=state == Contact.State.ACTIVE,
            is_anonymised=state == Contact.State.ANONYMISED
            or any(reason == _Reason.ANONYMISED for reason, _ in said),
            is_deceased=any(reason == _Reason.DECEASED for reason, _ in said),
            suppressed=frozenset(scope for _, scope in said),
            consent_forbids=False,
            opted_out=frozenset(message for message, wants in refused.items() if wants is False),
        )
    return found


_CARRIED: Final = """
SELECT DISTINCT m.contact_id, s.reason, s.scope FROM sources_membership m
JOIN contacts_suppressedrecord c ON c.record_id = m.record_id AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
JOIN contacts_suppression s ON s.id = c.suppression_id
WHERE m.contact_id = ANY(%s)
"""
SUPPRESSED: Final = """
SELECT DISTINCT m.contact_id FROM contacts_suppressedrecord c
JOIN sources_membership m ON m.record_id = c.record_id
WHERE c.lift_id IS NULL AND c.withdrawn_by IS NULL
"""
"""GroupIDs that anything forbids to reach, for whoever compares all contacts at once."""
NOBODY: Final = Facts(
    is_active=False,
    is_anonymised=False,
    is_deceased=False,
    suppressed=frozenset(),
    consent_forbids=True,
    opted_out=frozenset(_FIELDS),
)


def audience(base: QuerySet[Contact], ask: Ask) -> Allowed:
    """Of these contacts, those with whom it may be done."""
    return Allowed(base.filter(allowed(ask)))


def allowed(ask: Ask) -> Q:
    """On a queryset of contacts: the table of rules, asked in the database."""
    found = Q(state=Contact.State.ACTIVE) & ~_carries(suppression__reason=_Reason.ANONYMISED)
    if ask.act in {Act.SELECT, Act.CONTACT}:
        scopes = {} if ask.channel is None else {"suppression__scope__in": [ALL, ask.channel.value]}
        found &= ~_carries(**scopes) & ~_carries(suppression__reason=_Reason.DECEASED)
    if ask.act is Act.TRADE:
        found &= ~_carries(suppression__reason=_Reason.DECEASED)
    if ask.message in _FIELDS:
        field = _FIELDS[ask.message]
        found &= Q(**{f"{field}__isnull": True}) | Q(**{field: True})
    return found


def _carries(**said: object) -> Q:
    carried = _in_force().filter(**said)
    return Q(
        Exists(
            Membership.objects.filter(contact_id=OuterRef("pk"), record_id__in=carried.values("record_id"))
        )
    )


def _in_force() -> QuerySet[SuppressedRecord]:
    return SuppressedRecord.objects.filter(lift__isnull=True, withdrawn_by__isnull=True)
