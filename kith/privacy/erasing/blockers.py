"""Everything that stands against anonymising a contact, at once (C41, X3)."""

from __future__ import annotations

from typing import Final

from django.conf import settings as configured
from django.db import connection
from django.urls import reverse

from kith.accounts.queries import has_suspense_account
from kith.contacts.deletion.registry import leaving_of
from kith.kernel import clock
from kith.kernel.erasing import Blocker
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.months import LastDealings, too_soon
from kith.privacy.erasing.rows import blockers_of_rooms
from kith.privacy.models import Erasure
from kith.privacy.sections import anonymisation_in_force, at_least

NOT_SET_UP: Final = frozenset({"disabled", "no_suspense"})
"""Codes of what stands against everybody."""
GONE: Final = "gone"
"""Of an order: its contact was grouped into another one, or deleted."""
GROWN: Final = "grown"
"""Of an order: System Refs came to the contact that nobody has seen who asked for it."""
_LAST: Final = """
SELECT
    (greatest(
        (SELECT max(received_at) FROM sources_sourcerecord WHERE id = ANY(%(records)s)),
        (SELECT max(greatest(made_at, CASE WHEN ended_because = 'withdrawn' THEN ended_at END))
            FROM golden_goldenoverride WHERE record_id = ANY(%(records)s)),
        (SELECT max(at) FROM golden_valuestatement WHERE record_id = ANY(%(records)s)))
        AT TIME ZONE %(zone)s)::date,
    (SELECT max(ended_date) FROM accounts_linkeditem
        WHERE record_id = ANY(%(records)s) AND kind = 'subscription'),
    greatest(
        (SELECT max(t.date) FROM accounts_accounttransaction t JOIN accounts_account a ON a.id = t.account_id
            WHERE a.record_id = ANY(%(records)s) AND t.kind = 'financial'),
        (SELECT max(date) FROM sources_sourcetransaction WHERE record_id = ANY(%(records)s))),
    (SELECT max(t.date) FROM accounts_accounttransaction t JOIN accounts_account a ON a.id = t.account_id
        WHERE a.record_id = ANY(%(records)s) AND t.kind = 'wallet')
"""


def blockers_of(
    leaving: Leaving, *, route: str = Erasure.Route.ACTION, months: int = 0
) -> tuple[Blocker, ...]:
    """None: it may be anonymised now. `months`: of the retention rule that ordered it."""
    if route == Erasure.Route.REPLAY:
        return ()
    settings = at_least(anonymisation_in_force(), months)
    found = [*_set_up(), *blockers_of_rooms(leaving)]
    if not (route == Erasure.Route.CONSENT and settings.consent_skips_months):
        found += too_soon(_last_dealings(leaving), settings, today=clock.today())
    return tuple(found)


def blockers_of_contact(contact_id: int, *, route: str = Erasure.Route.ACTION) -> tuple[Blocker, ...]:
    return blockers_of(leaving_of(contact_id), route=route)


def _set_up() -> list[Blocker]:
    found = []
    if not anonymisation_in_force().is_enabled:
        url = reverse("privacy:settings")
        found.append(Blocker(code="disabled", sentence="anonymising is switched off", url=url))
    if not has_suspense_account():
        url = reverse("accounts:suspense")
        found.append(Blocker(code="no_suspense", sentence="there is no Suspense Account", url=url))
    return found


def _last_dealings(leaving: Leaving) -> LastDealings:
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"records": list(leaving.record_ids), "zone": configured.TIME_ZONE})
        ((update, subscription, transaction, wallet),) = cursor.fetchall()
    return LastDealings(update=update, subscription=subscription, transaction=transaction, wallet=wallet)
