"""Standing asked of stored contacts: of some by GroupID, or of a whole query at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NewType

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.may.rules import ALL, RESTRICTED_SENTENCE, Act, Ask, Facts, Message, is_use, may_we
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.kernel.decision import Decision
from kith.sources.models import Membership
from kith.web.formats import group_id

_Reason: Final = Suppression.Reason
_FIELDS: Final = {Message.MARKETING: "direct_marketing", Message.AFFILIATE: "affiliate_marketing"}
Allowed = NewType("Allowed", QuerySet[Contact])
"""Contacts of whom `allowed` was asked; only this module makes one. Whoever sends takes nothing else."""


def may_we_each(contact_ids: Sequence[int], ask: Ask) -> Mapping[int, Decision]:
    return {pk: may_we(facts, ask) for pk, facts in facts_of(contact_ids).items()}


def hold_to(contact_id: int, ask: Ask) -> None:
    """Refused, with every reason."""
    may_we_each([contact_id], ask)[contact_id].or_raise()


def hold_to_changing(contact_ids: Iterable[int], *, actor: Actor) -> None:
    """Asked by every action with which a person changes what is known of contacts, while it holds them.

    Whoever may restrict processing changes restricted ones too: what was contested is put right while it
    lasts. Files and bulk changes leave those out, whoever asks (`restricted_among`).
    """
    known = facts_of(list(contact_ids))
    if actor.may(Permission.CONTACT_SUPPRESS):
        known = {pk: replace(facts, restricted_since=None) for pk, facts in known.items()}
    found = [(pk, reason) for pk, facts in known.items() for reason in may_we(facts, _CHANGING).reasons]
    of_several = len(known) > 1
    Decision(
        tuple(f"GroupID {group_id(pk)}: {reason}" if of_several else reason for pk, reason in found)
    ).or_raise()


_CHANGING: Final = Ask(act=Act.CHANGE)


def without_changing(actor: Actor) -> Actor:
    """Who looks at a restricted contact, for its page: it offers nothing that `hold_to_changing` refuses."""
    if actor.may(Permission.CONTACT_SUPPRESS):
        return actor
    return replace(actor, permissions=actor.permissions - {Permission.CONTACT_EDIT})


def restricted_among(record_ids: Sequence[int]) -> dict[int, str]:
    """Of these System Refs those whose contact is restricted, each with why it is not to be changed."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTRICTED_RECORDS, [list(record_ids)])
        return {pk: RESTRICTED_SENTENCE.format(localdate(since)) for pk, since in cursor.fetchall()}


def facts_of(contact_ids: Sequence[int]) -> dict[int, Facts]:
    """In two queries; a GroupID that is not there forbids everything."""
    found = dict.fromkeys(contact_ids, NOBODY)
    carried: dict[int, list[tuple[str, str, datetime]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, [list(contact_ids)])
        for contact_id, reason, scope, since in cursor.fetchall():
            carried.setdefault(contact_id, []).append((reason, scope, since))
    rows = Contact.objects.filter(pk__in=contact_ids).values_list("pk", "state", *_FIELDS.values())
    for pk, state, direct, affiliate in rows:
        said = carried.get(pk, [])
        refused = {Message.MARKETING: direct, Message.AFFILIATE: affiliate}
        found[pk] = Facts(
            is_active=state == Contact.State.ACTIVE,
            is_anonymised=state == Contact.State.ANONYMISED
            or any(reason == _Reason.ANONYMISED for reason, _, _ in said),
            is_deceased=any(reason == _Reason.DECEASED for reason, _, _ in said),
            suppressed=frozenset(scope for reason, scope, _ in said if reason != _Reason.RESTRICTED),
            restricted_since=min(
                (localdate(since) for reason, _, since in said if reason == _Reason.RESTRICTED), default=None
            ),
            consent_forbids=False,
            opted_out=frozenset(message for message, wants in refused.items() if wants is False),
        )
    return found


_CARRIED: Final = """
SELECT m.contact_id, s.reason, s.scope, min(s.at) FROM sources_membership m
JOIN contacts_suppressedrecord c ON c.record_id = m.record_id AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
JOIN contacts_suppression s ON s.id = c.suppression_id
WHERE m.contact_id = ANY(%s) GROUP BY m.contact_id, s.reason, s.scope
"""
SUPPRESSED: Final = """
SELECT DISTINCT m.contact_id FROM contacts_suppressedrecord c
JOIN sources_membership m ON m.record_id = c.record_id
WHERE c.lift_id IS NULL AND c.withdrawn_by IS NULL
"""
"""GroupIDs that anything forbids to reach, for whoever compares all contacts at once."""
RESTRICTED: Final = """
SELECT m.contact_id, min(s.at) AS since FROM contacts_suppression s
JOIN contacts_suppressedrecord c ON c.suppression_id = s.id AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
JOIN sources_membership m ON m.record_id = c.record_id
WHERE s.reason = 'restricted' GROUP BY m.contact_id
"""
"""GroupIDs whose processing is restricted, for whoever compares many at once."""
_RESTRICTED_RECORDS: Final = f"""
SELECT m.record_id, r.since FROM ({RESTRICTED}) r JOIN sources_membership m USING (contact_id)
WHERE m.record_id = ANY(%s)
"""
NOBODY: Final = Facts(
    is_active=False,
    is_anonymised=False,
    is_deceased=False,
    suppressed=frozenset(),
    restricted_since=None,
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
        found &= ~_carries_but_restriction(scopes) & ~_carries(suppression__reason=_Reason.DECEASED)
    if is_use(ask):
        found &= ~_carries(suppression__reason=_Reason.RESTRICTED)
    if ask.act is Act.TRADE:
        found &= ~_carries(suppression__reason=_Reason.DECEASED)
    if ask.message in _FIELDS:
        field = _FIELDS[ask.message]
        found &= Q(**{f"{field}__isnull": True}) | Q(**{field: True})
    return found


def _carries(**said: object) -> Q:
    return _has_among(SuppressedRecord.objects.in_force().filter(**said))


def _carries_but_restriction(scopes: Mapping[str, object]) -> Q:
    return _has_among(
        SuppressedRecord.objects.in_force().filter(**scopes).exclude(suppression__reason=_Reason.RESTRICTED)
    )


def _has_among(carried: QuerySet[SuppressedRecord]) -> Q:
    members = Membership.objects.filter(contact_id=OuterRef("pk"), record_id__in=carried.values("record_id"))
    return Q(Exists(members))
