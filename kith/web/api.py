"""What all operations of the API share: how they refuse, how they page, what a text may hold."""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final, Generic, Protocol, TypeVar

from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest
from ninja import Field, Schema
from ninja.params import Path
from pydantic import BeforeValidator, ConfigDict, StringConstraints

from kith.access.actors import Actor

LONGEST_TEXT: Final = 200
LARGEST_ID: Final = 2**63 - 1
MOST_ROWS: Final = 100

Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)

Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
"""PostgreSQL stores no NUL."""
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def _no_text(value: object) -> object:
    """JSON's 2.0 is a whole number; "2" and true are none."""
    if isinstance(value, bool | str):
        raise ValueError("give a whole number")  # noqa: TRY004  # what pydantic turns into a reason
    return value


Seen = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9a-f]*$")]
"""The state of something as it was read (`kernel.seen.state_of`); empty asks for no check."""
SEEN: Final = "`seen` of it as it was read: 409 if anything changed since. Empty: no check."
NAMES_STATE: Final = "Names this state. Send it along when you change or remove it."


class SeenAsked(Schema):
    """For what has no body: a removal."""

    seen: Seen = Field("", description=SEEN)


class EditsAsked(Schema):
    edits: int | None = Field(
        None, ge=0, le=2**31 - 1, description="How often it was changed when you read it: 409 if more since."
    )


Number = Annotated[int, Field(ge=1, le=LARGEST_ID), BeforeValidator(_no_text)]
"""An id in a body."""


class ApiRequest(HttpRequest):
    auth: Actor
    """Whoever the key acts as; set by the door (`kith.users.key_door`)."""


class In(Schema):
    """A body from outside: a field that nobody knows is a mistake, not noise."""

    model_config = ConfigDict(extra="forbid")


View = TypeVar("View", bound=Callable[..., object])


def only_asks(view: View) -> View:
    """Mark a POST that changes nothing: it needs no `Idempotency-Key`. Stands below `@router.post(…)`."""
    view.kith_only_asks = True  # type: ignore[attr-defined]  # functions carry attributes; no stub says so
    return view


class Reason(Schema):
    field: str | None = Field(description="Where the trouble is: `emails[0].value`. Null: no single place.")
    sentence: str


class Problem(Schema):
    """Why a request was not done."""

    error: str = Field(description="One sentence for whoever reads the log of the other system.")
    reasons: list[Reason]
    contacts: list[int] = Field(
        default_factory=list,
        description="GroupIDs of contacts that it clashes with, or may be the same as.",
    )


Cursor = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_-]{11})?$")]


class Paging(Schema):
    cursor: Cursor = Field("", description="`next` of the page before. Empty: the first page.")
    size: int = Field(50, ge=1, le=MOST_ROWS, description="Rows on a page.")


class Listed(Schema, Generic[Row]):
    """One page of a list. No total: counting a million rows costs more than showing fifty."""

    items: list[Row]
    next: str | None = Field(description="`cursor` of the next page. Null: this is the last.")


def as_typed(value: object) -> str | None:
    """A value of a body as somebody would type it into a form; None for nothing."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return None if value is None else str(value).strip() or None


def words_of(form: Form) -> Iterator[tuple[str, str]]:
    """The first trouble of each field. Django's words for a choice quote what was sent; these do not."""
    for name, errors in form.errors.as_data().items():
        first = errors[0]
        yield name, "This is none of the choices." if first.code == "invalid_choice" else first.messages[0]


ALWAYS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)
WITH_QUERY: Final = (HTTPStatus.UNPROCESSABLE_ENTITY,)
WITH_ID: Final = (HTTPStatus.NOT_FOUND,)
WITH_BODY: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)

CHANGES: Final = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
"""Of every operation that changes something: `Idempotency-Key` may be unreadable, or stand for another."""


def answers(
    body: type[Schema], *refusals: HTTPStatus, status: HTTPStatus = HTTPStatus.OK
) -> dict[int, type[Schema]]:
    """For `response=`: what comes back, and the statuses that come with a `Problem`."""
    return {int(status): body, **{int(code): Problem for code in sorted({*ALWAYS, *refusals})}}


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The rows of one page, and the cursor of the next."""

    rows: Sequence[Row]
    next: str | None


def rising(rows: QuerySet[Stored], paging: PagingLike) -> Slice[Stored]:
    """By primary key, which nothing that comes in between can shift; one row more is read."""
    after = behind(paging)
    wanted = rows if after is None else rows.filter(pk__gt=after)
    return cut(list(wanted.order_by("pk")[: paging.size + 1]), paging.size)


def falling(rows: QuerySet[Stored], paging: PagingLike) -> Slice[Stored]:
    """The newest first."""
    before = behind(paging)
    wanted = rows if before is None else rows.filter(pk__lt=before)
    return cut(list(wanted.order_by("-pk")[: paging.size + 1]), paging.size)


def cut(found: Sequence[Stored], size: int) -> Slice[Stored]:
    """Of one row more than fits."""
    shown = found[:size]
    return Slice(shown, cursor_of(shown[-1].pk) if len(found) > size else None)


def part_of(ids: Sequence[int], paging: PagingLike) -> Slice[int]:
    """Of a list that was read whole; the cursor is a place in it."""
    start = max(behind(paging) or 0, 0)
    end = start + paging.size
    return Slice(ids[start:end], cursor_of(end) if len(ids) > end else None)


class PagingLike(Protocol):
    @property
    def cursor(self) -> str: ...
    @property
    def size(self) -> int: ...


def cursor_of(number: int) -> str:
    """What `behind` reads."""
    return urlsafe_b64encode(struct.pack(">q", number)).decode().rstrip("=")


def behind(paging: PagingLike) -> int | None:
    """Where the page begins; None: at the first row. Whatever fits the pattern is some number."""
    if not paging.cursor:
        return None
    (number,) = struct.unpack(">q", urlsafe_b64decode(f"{paging.cursor}="))
    return int(number)
