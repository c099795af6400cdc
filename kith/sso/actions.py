"""Accounts of the identity provider: changed and deleted there, and their feed into Kith's source.

The provider is another system: what is asked of it cannot be taken back with a transaction. So the journal
says first that it was asked, and then what came of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.sources import actions as sources
from kith.sources import importing
from kith.sources.models import Import, SourceSystem
from kith.sso import tasks, trail
from kith.sso.provider import Account, Changed, Gone, Profile, ProfileChange, Unavailable
from kith.sso.queries import NO_ACCOUNT, is_configured, provider
from kith.sso.refs import ref_of
from kith.sso.sections import sign_on_in_force

_COLUMNS: Final = {
    "SSO ID": "system_ref",
    "First name": "first_name",
    "Last name": "last_name",
    "E-mail": "email_1",
    "Phone": "phone_1",
    "Language": "language",
}
OVERLAP: Final = timedelta(minutes=5)
"""Clocks differ: what changed shortly before the last feed is taken in once more, and found unchanged."""


def update_account(*, actor: Actor, sso_id: str, change: ProfileChange, seen: Account) -> Account:
    """At once at the provider; in the contact with the next feed, or at once (settings).

    `seen`: what was read before; Conflict where the account is no longer that.
    """
    require(actor, Permission.SSO_EDIT)
    fields = _differing(seen.profile, change)
    if not fields:
        return seen
    ref = ref_of(sso_id)
    trail.written("SsoUpdateAsked", by=actor, ref=ref, detail={"fields": fields})
    try:
        account = provider().update(sso_id, change, version=seen.version)
    except (Unavailable, Changed, Gone) as error:
        trail.written("SsoUpdateFailed", by=actor, ref=ref)
        raise _told(error) from None
    with transaction.atomic():
        trail.written("SsoAccountUpdated", by=actor, ref=ref, detail={"fields": fields})
        if ref and sign_on_in_force().at_once:
            tasks.ask_for_feed()
    return account


def delete_account(*, actor: Actor, sso_id: str) -> None:
    """One that is gone already stays so. The contact keeps its System Ref."""
    require(actor, Permission.SSO_EDIT)
    ref = ref_of(sso_id)
    trail.written("SsoDeletionAsked", by=actor, ref=ref)
    try:
        provider().delete(sso_id)
    except Unavailable as error:
        trail.written("SsoDeletionFailed", by=actor, ref=ref)
        raise _told(error) from None
    trail.written("SsoAccountDeleted", by=actor, ref=ref)


def exists(*, actor: Actor, sso_id: str) -> bool:
    """For whoever has to confirm that it is deleted. Refused where the provider does not answer."""
    require(actor, Permission.SSO_VIEW)
    try:
        provider().open(sso_id)
    except Gone:
        return False
    except Unavailable as error:
        raise Refused(str(error)) from None
    return True


def take_feed(*, actor: Actor, since: datetime | None, job_id: int | None = None) -> Import | None:
    """All accounts, or those changed since, as an import of the provider's source; None where there is
    nothing to take in, or nothing is set up. What Kith refuses of it is read on the page of that import."""
    require(actor, Permission.IMPORT_RUN)
    code = sign_on_in_force().source
    source = SourceSystem.objects.filter(code=code).first() if code and is_configured() else None
    if source is None:
        return None
    try:
        accounts = list(provider().changed_since(since - OVERLAP if since else None))
    except Unavailable as error:
        raise Refused(str(error)) from None
    if not accounts:
        return None
    made = sources.add_import(
        actor=actor,
        source=source,
        kind=Import.Kind.CONTACTS,
        file_name="feed.csv",
        content=[_table(accounts)],
        whole_source=since is None,
        mapping=_COLUMNS,
    )
    sources.start_import(actor=actor, import_id=made.pk, in_background=False)
    return importing.run_import(made.pk, job_id=job_id)


def _table(accounts: Iterable[Profile]) -> bytes:
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(_COLUMNS)
    for one in accounts:
        out.writerow([one.sso_id, one.first_name, one.last_name, one.email, one.phone, one.language])
    return text.getvalue().encode()


def _differing(before: Profile, change: ProfileChange) -> list[str]:
    now = asdict(before)
    return sorted(name for name, value in asdict(change).items() if now[name] != value)


def _told(error: Unavailable | Changed | Gone) -> DomainError:
    match error:
        case Changed():
            return Conflict("Somebody else changed this account meanwhile. Look at it again.")
        case Gone():
            return NotFound(NO_ACCOUNT)
        case _:
            return Refused(str(error))
