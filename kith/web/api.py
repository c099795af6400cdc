"""What all operations of the API share: how they refuse, how they page, what a text may hold."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final, Generic, TypeVar, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Schema
from ninja.params import Path
from pydantic import ConfigDict, StringConstraints

from kith.access.actors import Actor
from kith.web.paging import LAST_PAGE, Page

LONGEST_TEXT: Final = 200
LARGEST_ID: Final = 2**63 - 1
MOST_ROWS: Final = 100

Row = TypeVar("Row")

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
"""PostgreSQL stores no NUL."""
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class ApiRequest(HttpRequest):
    auth: Actor
    """Whoever the key acts as; set by the door (`kith.users.key_door`)."""


class In(Schema):
    """A body from outside: a field that nobody knows is a mistake, not noise."""

    model_config = ConfigDict(extra="forbid")


class Reason(Schema):
    field: str | None = Field(description="Where the trouble is: `emails[0].value`. Null: no single place.")
    sentence: str


class Problem(Schema):
    """Why a request was not done."""

    error: str = Field(description="One sentence for whoever reads the log of the other system.")
    reasons: list[Reason]


class Paging(Schema):
    page: int = Field(1, ge=1, le=LAST_PAGE, description="From 1.")
    size: int = Field(50, ge=1, le=MOST_ROWS, description="Rows on a page.")


class Listed(Schema, Generic[Row]):
    """One page of a list. No total: counting a million rows costs more than showing fifty."""

    items: list[Row]
    page: int
    size: int
    has_next: bool


ALWAYS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
WITH_QUERY: Final = (HTTPStatus.UNPROCESSABLE_ENTITY,)
WITH_ID: Final = (HTTPStatus.NOT_FOUND,)
WITH_BODY: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


def answers(
    body: type[Schema], *refusals: HTTPStatus, status: HTTPStatus = HTTPStatus.OK
) -> dict[int, type[Schema]]:
    """For `response=`: what comes back, and the statuses that come with a `Problem`."""
    return {int(status): body, **{int(code): Problem for code in sorted({*ALWAYS, *refusals})}}


def page_by(
    paging: Paging,
    rows: QuerySet[Row] | Sequence[Row],  # type: ignore[type-var]  # ids are paged as well, as in page_of
) -> Page[Row]:
    """One row more is read, to know of a next page."""
    start = (paging.page - 1) * paging.size
    found = cast(Sequence[Row], list(rows[start : start + paging.size + 1]))
    return Page(found[: paging.size], paging.page, paging.size, has_next=len(found) > paging.size)
