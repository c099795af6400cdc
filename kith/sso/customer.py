"""What of an account SCIM leaves to each provider: a schema extension; docs/how-to/connect-sign-on.md."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, cast

from scim2_models import (
    URN,
    ComplexAttribute,
    ETag,
    Extension,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    User,
)

from kith.sso.place import SHIPPED_EXTENSION

SHIPPED: Final = SHIPPED_EXTENSION


class SocialAccount(ComplexAttribute):
    provider: str | None = None
    value: str | None = None
    since: str | None = None


class LinkedAccount(ComplexAttribute):
    system: str | None = None
    value: str | None = None
    """The System Ref there."""


class Claim(ComplexAttribute):
    name: str | None = None
    value: str | None = None


class Permission(ComplexAttribute):
    name: str | None = None
    granted: bool | None = None
    since: str | None = None


class Customer(Extension):
    __schema__ = URN(SHIPPED)

    social_accounts: list[SocialAccount] | None = None
    linked_accounts: list[LinkedAccount] | None = None
    claims: list[Claim] | None = None
    communication_permissions: list[Permission] | None = None


@cache
def description(urn: str) -> tuple[ScimProvider, type[User[Extension]], type[Customer]]:
    """What the provider serves, the type of its accounts, and that of their extension, which `urn` names."""
    extension = Customer if urn == SHIPPED else type("Customer", (Customer,), {"__schema__": URN(urn)})
    account: type[User[Extension]] = cast(Any, User)[extension]
    provider = ScimProvider(
        models=[User, extension],
        resource_types=[ResourceType.from_resource(account)],
        config=ServiceProviderConfig(etag=ETag(supported=True)),
        policy=ScimPolicy(unknown=ScimPolicy.Unknown.ignore),
    )
    return provider, account, extension
