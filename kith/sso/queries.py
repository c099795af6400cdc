"""The accounts of the identity provider, for the pages and for whoever asks which a contact has."""

from __future__ import annotations

from django.conf import settings

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import NotFound, Refused
from kith.sso import trail
from kith.sso.built_in import BuiltInProvider
from kith.sso.provider import Account, Found, Gone, Provider, SearchBy, Unavailable
from kith.sso.refs import linked_refs, ref_of
from kith.sso.scim import ScimIdentityProvider
from kith.sso.sections import sign_on_in_force

NOT_CONFIGURED = "No identity provider is connected, and Kith keeps no accounts itself."
ADDED_THERE = "Accounts are added and linked at the identity provider."
NO_ACCOUNT = "The identity provider has no such account, or has it no more."


def is_configured() -> bool:
    """Or built in."""
    return bool(settings.SSO.url) or is_built_in()


def is_built_in() -> bool:
    """Accounts are Kith's own: no identity provider is connected, and the settings say so."""
    return not settings.SSO.url and sign_on_in_force().built_in


def provider() -> Provider:
    if settings.SSO.url:
        return ScimIdentityProvider(
            base_url=settings.SSO.url, token=settings.SSO.token, extension=settings.SSO.extension
        )
    return built_in()


def built_in() -> BuiltInProvider:
    if not is_built_in():
        raise Refused(NOT_CONFIGURED if not settings.SSO.url else ADDED_THERE)
    return BuiltInProvider()


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
