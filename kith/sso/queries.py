"""The accounts of the identity provider, for the pages and for whoever asks which a contact has."""

from __future__ import annotations

from django.conf import settings

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import NotFound, Refused
from kith.sso import trail
from kith.sso.provider import Account, Found, Gone, Provider, SearchBy, Unavailable
from kith.sso.refs import linked_refs, ref_of
from kith.sso.scim import ScimIdentityProvider

NOT_CONFIGURED = "No identity provider is connected."
NO_ACCOUNT = "The identity provider has no such account, or has it no more."


def is_configured() -> bool:
    return bool(settings.SSO.url)


def provider() -> Provider:
    if not is_configured():
        raise Refused(NOT_CONFIGURED)
    return ScimIdentityProvider(
        base_url=settings.SSO.url, token=settings.SSO.token, extension=settings.SSO.extension
    )


def find(by: SearchBy, value: str, *, actor: Actor, page: int = 1) -> Found:
    require(actor, Permission.SSO_VIEW)
    if not value.strip():
        raise Refused("Type what to look for.")
    try:
        found = provider().find(by, value.strip(), page=page)
    except Unavailable as error:
        raise Refused(str(error)) from None
    except Gone:
        return Found((), 0)
    trail.written("SsoSearched", by=actor, detail={"by": by.value, "found": found.total})
    return found


def open_account(sso_id: str, *, actor: Actor) -> Account:
    require(actor, Permission.SSO_VIEW)
    try:
        account = provider().open(sso_id)
    except Unavailable as error:
        raise Refused(str(error)) from None
    except Gone:
        raise NotFound(NO_ACCOUNT) from None
    trail.written("SsoAccountViewed", by=actor, ref=ref_of(sso_id))
    return account


def sso_id_of(record_id: int, *, actor: Actor) -> str:
    """Of a System Ref of the provider's source."""
    require(actor, Permission.SSO_VIEW)
    found = linked_refs([record_id])
    if not found:
        raise NotFound("This System Ref is no account of the identity provider.")
    return found[0].sso_id
