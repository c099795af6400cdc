"""An identity provider that speaks SCIM 2.0 (RFC 7644). Values are searched in bodies, never in addresses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, cast

import httpx2
from pydantic import ValidationError
from scim2_client import SCIMClientException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    Email,
    ListResponse,
    PatchOp,
    PatchOperation,
    Path,
    PhoneNumber,
    SCIMException,
    ScimFilter,
    SearchRequest,
    User,
)

from kith.sso.customer import Customer, description
from kith.sso.provider import (
    PAGE,
    Account,
    Changed,
    Found,
    Gone,
    Line,
    Profile,
    ProfileChange,
    SearchBy,
    Unavailable,
)

TIMEOUT_SECONDS: Final = 10
FEED_PAGE: Final = 200

# Its log lines carry addresses with the ids of accounts.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class ScimIdentityProvider:
    def __init__(self, *, base_url: str, token: str, extension: str) -> None:
        provider, self._account, self._customer = description(extension)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        engine = httpx2.Client(base_url=base_url, headers=headers, timeout=TIMEOUT_SECONDS)
        self._client = SyncSCIMClient(engine, provider=provider)
        self._extension = extension

    def find(self, by: SearchBy, value: str, *, page: int = 1) -> Found:
        answer = self._search(self._filter(by, value), start=(page - 1) * PAGE + 1, count=PAGE)
        rows = tuple(_profile(one) for one in answer.resources or ())
        return Found(rows, answer.total_results or 0)

    def open(self, sso_id: str) -> Account:
        return self._told(self._read(sso_id))

    def update(self, sso_id: str, change: ProfileChange, *, version: str) -> Account:
        stored = self._read(sso_id)
        if version != _version(stored):
            raise Changed
        operations = [PatchOperation(**one) for one in _operations(stored, change)]
        if operations:
            with _sentences():
                self._client.modify(stored, patch_op=cast(Any, PatchOp)[self._account](operations=operations))
        return self.open(sso_id)

    def delete(self, sso_id: str) -> None:
        with _sentences():
            try:
                self._client.delete(self._account, sso_id)
            except SCIMException as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise

    def changed_since(self, since: datetime | None) -> Iterator[Profile]:
        wanted = f'meta.lastModified gt "{since.astimezone(UTC).isoformat()}"' if since else None
        start = 1
        while True:
            answer = self._search(wanted, start=start, count=FEED_PAGE)
            rows = answer.resources or ()
            yield from (_profile(one) for one in rows)
            start += len(rows)
            if not rows or start > (answer.total_results or 0):
                return

    def _filter(self, by: SearchBy, value: str) -> str:
        said = ScimFilter.quote(value)
        return {
            SearchBy.SSO_ID: f"id eq {said}",
            SearchBy.EMAIL: f"emails.value eq {said}",
            SearchBy.FIRST_NAME: f"name.givenName sw {said}",
            SearchBy.LAST_NAME: f"name.familyName sw {said}",
            SearchBy.LINKED: f"{self._extension}:linkedAccounts.value eq {said}",
        }[by]

    def _search(self, wanted: str | None, *, start: int, count: int) -> ListResponse[Any]:
        request = SearchRequest[Any](
            filter=ScimFilter[Any](wanted) if wanted else None,
            start_index=start,
            count=count,
            sort_by=Path[Any]("id"),
            sort_order=SearchRequest.SortOrder.ascending,
        )
        with _sentences():
            answer = self._client.search(self._account, request)
        if not isinstance(answer, ListResponse):
            raise Unavailable(_ODD)
        return answer

    def _read(self, sso_id: str) -> User[Any]:
        with _sentences():
            found = self._client.query(self._account, sso_id)
        if not isinstance(found, User):
            raise Unavailable(_ODD)
        return found

    def _told(self, stored: User[Any]) -> Account:
        customer: Customer | None = stored[self._customer]
        if customer is None:
            return Account(profile=_profile(stored), version=_version(stored))
        return Account(
            profile=_profile(stored),
            social=_lines(
                customer.social_accounts,
                lambda one: Line(one.provider or "", one.value or "", one.since or ""),
            ),
            linked=_lines(customer.linked_accounts, lambda one: Line(one.system or "", one.value or "")),
            claims=_lines(customer.claims, lambda one: Line(one.name or "", one.value or "")),
            permissions=_lines(customer.communication_permissions, _permission),
            version=_version(stored),
        )


_ODD: Final = "The identity provider answered something that is no account."


@contextmanager
def _sentences() -> Iterator[None]:
    """What the client raises, as what callers know; its own texts may repeat values."""
    try:
        yield
    except SCIMException as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise Gone from None
        if error.status == HTTPStatus.PRECONDITION_FAILED:
            raise Changed from None
        if error.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise Unavailable("The identity provider does not accept Kith's token.") from None
        raise Unavailable(f"The identity provider refused with status {error.status}.") from None
    except SCIMClientException:
        raise Unavailable("The identity provider cannot be reached, or does not speak SCIM 2.0.") from None
    except ValidationError:
        raise Unavailable(_ODD) from None


def _lines(given: Sequence[Any] | None, line: Callable[[Any], Line]) -> tuple[Line, ...]:
    return tuple(line(one) for one in given or ())


def _permission(one: Any) -> Line:
    said = "not said" if one.granted is None else "yes" if one.granted else "no"
    return Line(one.name or "", said, one.since or "")


def _version(stored: User[Any]) -> str:
    return (stored.meta.version if stored.meta else None) or ""


def _first(given: Iterable[Any] | None) -> Any | None:
    """The primary one, else the first."""
    listed = list(given or ())
    return next((one for one in listed if one.primary), listed[0] if listed else None)


def _profile(stored: User[Any]) -> Profile:
    email, phone = _first(stored.emails), _first(stored.phone_numbers)
    return Profile(
        sso_id=stored.id or "",
        user_name=stored.user_name or "",
        first_name=(stored.name.given_name if stored.name else None) or "",
        last_name=(stored.name.family_name if stored.name else None) or "",
        email=(email.value if email else None) or "",
        phone=(phone.value if phone else None) or "",
        language=stored.preferred_language or "",
        is_active=stored.active is not False,
        changed_at=stored.meta.last_modified if stored.meta else None,
    )


def _operations(stored: User[Any], change: ProfileChange) -> Iterator[dict[str, Any]]:
    """Only what differs: a provider may refuse to hear of what it does not let change."""
    now = _profile(stored)
    single = {
        "name.givenName": (now.first_name, change.first_name),
        "name.familyName": (now.last_name, change.last_name),
        "preferredLanguage": (now.language, change.language),
    }
    for path, (before, after) in single.items():
        if before != after:
            yield {"op": "replace", "path": path, "value": after} if after else {"op": "remove", "path": path}
    if now.is_active != change.is_active:
        yield {"op": "replace", "path": "active", "value": change.is_active}
    if now.email != change.email:
        yield _list_operation("emails", stored.emails or (), change.email, make=Email)
    if now.phone != change.phone:
        yield _list_operation("phoneNumbers", stored.phone_numbers or (), change.phone, make=PhoneNumber)


def _list_operation(
    path: str, listed: Sequence[Any], value: str, *, make: Callable[..., Any]
) -> dict[str, Any]:
    """The main one with its new value; the others as they are."""
    main = _first(listed)
    rest = [one for one in listed if one is not main]
    first = (
        [main.model_copy(update={"value": value}) if main else make(value=value, primary=True)]
        if value
        else []
    )
    kept = [*first, *rest]
    return {"op": "replace", "path": path, "value": kept} if kept else {"op": "remove", "path": path}
