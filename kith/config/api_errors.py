"""What went wrong, as the API says it: `{"error": …, "reasons": [{"field": …, "sentence": …}]}`."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from kith.contacts.checks.unique import ThereAlready
from kith.kernel.errors import DomainError
from kith.users.keys import TooMany
from kith.users.once import KEPT_ANYWAY
from kith.web.middleware import ERASED, is_about_an_erased_person

log = logging.getLogger(__name__)

NOTHING_HERE = "There is nothing at this address."
Place = Sequence[str | int]
_CALLED: Final[Mapping[str, str]] = {"class_code": "classification"}
"""What the API calls otherwise than the forms do."""
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": 'Bearer realm="Kith"'},
}


def problem(
    status: int, error: str, reasons: Mapping[str, str] | None = None, *, contacts: Sequence[int] = ()
) -> JsonResponse:
    """`reasons`: sentence per field; without any the error itself is the one reason."""
    said: list[tuple[str | None, str]] = [(field or None, words) for field, words in (reasons or {}).items()]
    listed = [{"field": field, "sentence": words} for field, words in said or [(None, error)]]
    named = {"contacts": list(contacts)} if contacts else {}
    body = {"error": error, "reasons": listed, **named}
    return JsonResponse(body, status=status, headers=_HEADERS.get(status))


def handle_errors_of(api: NinjaAPI) -> None:
    api.add_exception_handler(DomainError, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(RequestDataTooBig, _too_large)
    api.add_exception_handler(Exception, _unknown)


def _refused(request: HttpRequest, error: DomainError | type[DomainError]) -> HttpResponse:
    assert isinstance(error, DomainError)
    if isinstance(error, ThereAlready) and error.keep is not None:
        setattr(request, KEPT_ANYWAY, [error.keep])
    return refused(error)


def refused(error: DomainError) -> HttpResponse:
    contacts = error.contact_ids if isinstance(error, ThereAlready) else ()
    fields = {_CALLED.get(name, name): words for name, words in error.fields.items()}
    response = problem(error.status, error.message, fields, contacts=contacts)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    if any(one["loc"][0] == "path" for one in error.errors):
        return problem(HTTPStatus.NOT_FOUND, NOTHING_HERE)
    reasons = {_field(one["loc"]): _sentence(str(one["msg"])) for one in error.errors}
    first = next(iter(reasons))
    words = f"{first}: {reasons[first]}" if first else reasons[first]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, words, reasons)


def _field(place: Place) -> str:
    """`("body", "record", "emails", 0)` → `emails[0]`: the first two are ours."""
    parts = place[2:] if place[0] in {"body", "query"} and len(place) > 2 else place[1:]
    if place[0] == "body" and len(place) == 2:
        return ""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _sentence(words: str) -> str:
    """Pydantic's words never quote the value; the validators' own begin with `Value error, `."""
    text = words.removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."


def _unreadable(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    cause = error.__cause__
    if isinstance(cause, json.JSONDecodeError):
        return problem(
            error.status_code, f"The body is no JSON: line {cause.lineno}, column {cause.colno}: {cause.msg}."
        )
    if isinstance(cause, UnicodeError):
        return problem(error.status_code, "The body is no UTF-8, or holds half a character.")
    return problem(error.status_code, "The body could not be read.")


def _not_found(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, NOTHING_HERE)


def _too_large(request: HttpRequest, error: RequestDataTooBig | type[RequestDataTooBig]) -> HttpResponse:
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")


def _unknown(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, BaseException) and is_about_an_erased_person(error):
        return problem(HTTPStatus.CONFLICT, ERASED)
    """A mistake of ours: the log says where, without the exception's text; the answer says nothing."""
    assert isinstance(error, Exception)
    log.error("an operation of the API failed: %s", type(error).__name__, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong in Kith. It was written down.")
