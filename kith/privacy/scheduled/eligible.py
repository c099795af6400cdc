"""Whom the scheduled batch, or a retention rule, would anonymise: `blockers_of`, asked of everybody at once.

Whoever it lets through is asked again one by one before anything is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.conf import settings as configured
from django.db import connection

from kith.contacts.may.asking import RESTRICTED
from kith.kernel import clock
from kith.privacy.sections import Anonymisation, anonymisation_in_force, at_least

_TOO_SOON: Final = "(%(m)s > 0 AND {when} + make_interval(months => %(m)s) > %(today)s)"


def _too_soon(check: str, when: str) -> str:
    return _TOO_SOON.replace("%(m)s", f"%({check})s").format(when=when)


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE %(zone)s)::date"


_EDITED: Final = "greatest(o.made_at, CASE WHEN o.ended_because = 'withdrawn' THEN o.ended_at END)"
"""Taking an edit back changes the details once more (A19)."""
_ELIGIBLE: Final = f"""
FROM contacts_contact c WHERE c.state = 'active'
AND (%(only)s = '' OR NOT EXISTS (
    SELECT FROM sources_membership m JOIN sources_sourcerecord r ON r.id = m.record_id
    JOIN sources_sourcesystem s ON s.id = r.source_id WHERE m.contact_id = c.id AND s.code <> %(only)s))
AND NOT EXISTS (SELECT FROM ({RESTRICTED}) held WHERE held.contact_id = c.id)
AND EXISTS (SELECT FROM sources_membership m WHERE m.contact_id = c.id)
AND NOT EXISTS (
    SELECT FROM privacy_erasure e WHERE e.contact_id = c.id AND e.state NOT IN ('done', 'cancelled'))
AND NOT EXISTS (SELECT FROM stewardship_requestcontact q WHERE q.contact_id = c.id AND q.waits)
AND NOT EXISTS (
    SELECT FROM sources_membership m JOIN sources_sourcerecord r ON r.id = m.record_id
    WHERE m.contact_id = c.id AND (
        {_too_soon("update", _day("r.received_at"))}
        OR EXISTS (SELECT FROM golden_goldenoverride o
            WHERE o.record_id = r.id AND {_too_soon("update", _day(_EDITED))})
        OR EXISTS (SELECT FROM golden_valuestatement v
            WHERE v.record_id = r.id AND {_too_soon("update", _day("v.at"))})
        OR EXISTS (SELECT FROM sources_sourcetransaction t
            WHERE t.record_id = r.id AND {_too_soon("transaction", "t.date")})
        OR EXISTS (SELECT FROM accounts_linkeditem i WHERE i.record_id = r.id AND (
            i.is_running OR i.is_unbilled
            OR (i.kind = 'subscription' AND {_too_soon("subscription", "i.ended_date")})))
        OR EXISTS (SELECT FROM accounts_account a WHERE a.record_id = r.id AND (
            a.state <> 'terminated' OR EXISTS (SELECT FROM accounts_accounttransaction p
                WHERE p.account_id = a.id AND (p.is_unbilled
                    OR (p.kind = 'financial' AND {_too_soon("transaction", "p.date")})
                    OR (p.kind = 'wallet' AND {_too_soon("wallet", "p.date")})))))
        OR EXISTS (SELECT FROM holds_legalhold h WHERE h.lifted_at IS NULL AND h.record_ids @> ARRAY[r.id])
        OR EXISTS (SELECT FROM organisation_userplace o WHERE o.record_id = r.id)
        OR EXISTS (SELECT FROM organisation_community o WHERE o.record_id = r.id)
        OR EXISTS (SELECT FROM organisation_orggroup o WHERE o.record_id = r.id)
        OR EXISTS (SELECT FROM organisation_unit o WHERE o.record_id = r.id)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """As a retention rule narrows it."""

    months: int = 0
    """So long without any dealings, or longer where the settings say so."""
    source: str = ""
    """Code; of contacts whose System Refs are all of it."""


EVERYBODY: Final = Whom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    eligible: int
    active: int

    @property
    def percent(self) -> float:
        return 100 * self.eligible / self.active if self.active else 0.0


def eligible(*, whom: Whom = EVERYBODY, limit: int | None = None, after: int = 0) -> list[int]:
    """GroupIDs above `after`, lowest first: the oldest. None while no months since a change are set."""
    settings = at_least(anonymisation_in_force(), whom.months)
    if not settings.months_update:
        return []
    names = {**_names(settings, whom), "after": after, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id {_ELIGIBLE} AND c.id > %(after)s ORDER BY c.id LIMIT %(limit)s", names)
        return [pk for (pk,) in cursor.fetchall()]


def simulated(*, whom: Whom = EVERYBODY) -> Simulated:
    """How many it would take of how many if it ran now, whether or not it is on."""
    settings = at_least(anonymisation_in_force(), whom.months)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_contact WHERE state = 'active'")
        active = int(cursor.fetchall()[0][0])
        if not settings.months_update:
            return Simulated(eligible=0, active=active)
        cursor.execute(f"SELECT count(*) {_ELIGIBLE}", _names(settings, whom))
        return Simulated(eligible=int(cursor.fetchall()[0][0]), active=active)


def _names(settings: Anonymisation, whom: Whom) -> Mapping[str, int | date | str]:
    return {
        "update": settings.months_update,
        "subscription": settings.months_subscription,
        "transaction": settings.months_transaction,
        "wallet": settings.months_wallet,
        "today": clock.today(),
        "zone": configured.TIME_ZONE,
        "only": whom.source,
    }
