"""Accounts of the identity provider: changed and deleted there, and their feed into Kith's source.

The provider is another system: what is asked of it cannot be taken back with a transaction. So the journal
says first that it was asked, and then what came of it.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.sources import actions as sources
from kith.sources import importing, tombstones
from kith.sources.models import Import, SourceSystem
from kith.sso import tasks, trail
from kith.sso.built_in import Taken
from kith.sso.provider import Account, Changed, Gone, Profile, ProfileChange, Unavailable
from kith.sso.queries import NO_ACCOUNT, built_in, is_configured, provider
from kith.sso.refs import ref_of
from kith.sso.sealing import Linked, Words
from kith.sso.sections import sign_on_in_force

_COLUMNS: Final = {
    "SSO ID": "system_ref",
    "First name": "first_name",
    "Last name": "last_name",
    "E-mail": "email_1",
    "Phone": "phone_1",
    "Language": "language",
}
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is read as another."""
_NEW_ID_SIGNS: Final = 12
_BATCH: Final = 5_000
OVERLAP: Final = timedelta(minutes=5)
"""Clocks differ: what changed shortly before the last feed is taken in once more, and found unchanged."""


@transaction.atomic
def add_account(*, actor: Actor, words: Words) -> str:
    """One of Kith's own; with an empty SSO ID one is made. Returns the SSO ID."""
    require(actor, Permission.SSO_EDIT)
    keeper = built_in()
    if not (words.first_name or words.last_name or words.email):
        raise Refused("Give a name or an e-mail: nobody would find this account again.")
    made = replace(words, sso_id=words.sso_id or _new_id())
    try:
        keeper.add(made)
    except Taken:
        raise Conflict("There is an account with this SSO ID already.") from None
    trail.written("SsoAccountAdded", by=actor, ref=ref_of(made.sso_id))
    _ask_for_feed()
    return made.sso_id


@transaction.atomic
def link_account(*, actor: Actor, sso_id: str, linked: Linked, seen: Account) -> None:
    """These System Refs of other systems instead of those it had; of an account of Kith's own."""
    require(actor, Permission.SSO_EDIT)
    keeper, ref = built_in(), ref_of(sso_id)
    if linked == tuple((one.name, one.value) for one in seen.linked or ()):
        return
    try:
        keeper.link(sso_id, linked, version=seen.version)
    except (Changed, Gone) as error:
        raise _told(error) from None
    trail.written("SsoAccountUpdated", by=actor, ref=ref, detail={"fields": ["linked"]})


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
        if ref:
            _ask_for_feed()
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
    accounts = _let_in(accounts, source)
    if not accounts:
        return None
    made = sources.add_import(
        actor=actor,
        source=source,
        kind=Import.Kind.CONTACTS,
        file_name=tasks.FEED_FILE,
        content=[_table(accounts)],
        whole_source=since is None,
        mapping=_COLUMNS,
    )
    sources.start_import(actor=actor, import_id=made.pk, in_background=False)
    return importing.run_import(made.pk, job_id=job_id)


def _let_in(accounts: Sequence[Profile], source: SourceSystem) -> list[Profile]:
    """Without whoever was deleted or anonymised and whose account stands still: the import would stop them,
    and their values need not lie in its file every night."""
    ids = [one.sso_id for one in accounts]
    batches = (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
    stopped = {one for batch in batches for one in tombstones.deleted_among(source, batch)}
    return [one for one in accounts if one.sso_id not in stopped]


def _ask_for_feed() -> None:
    said = sign_on_in_force()
    if said.source and said.at_once:
        tasks.ask_for_feed()


def _new_id() -> str:
    return "SSO-" + "".join(secrets.choice(_SIGNS) for _ in range(_NEW_ID_SIGNS))


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
