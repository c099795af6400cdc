"""What a DomainError looks like to a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url

from kith.kernel.errors import Conflict, DomainError


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "htmx", False) and _leads_to_sign_in(response):
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_about_an_erased_person(exception):
            exception = Conflict(ERASED)
        if not isinstance(exception, DomainError):
            return None
        return render(
            request,
            "web/refused.html",
            {"message": exception.message, "code": exception.status},
            status=exception.status,
        )


ERASED: Final = "This person was anonymised; nothing can be added or changed."


def is_about_an_erased_person(error: BaseException) -> bool:
    """The database refused it (`kith.privacy`), whatever asked."""
    return getattr(error.__cause__, "sqlstate", None) == "KT001"


def _leads_to_sign_in(response: HttpResponse) -> bool:
    """The session ended: the whole page goes to the sign-in, not the region that htmx asked for."""
    location = response.headers.get("Location", "")
    return response.status_code == 302 and location.split("?")[0] == resolve_url(settings.LOGIN_URL)
