"""Designed pages for what goes wrong before or outside a view."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "The request could not be read. Go back and try again.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _page(request, 403, said or "You may not do this.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, "There is no such page, or nothing there that you may see.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Uses no request, session or database: any of them may be what broke."""
    return HttpResponse(render_to_string("web/server_error.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        "This form is too old, or your browser keeps no cookies. Nothing was changed. "
        "Go back, load the page again and send it once more.",
    )


def _page(request: HttpRequest, code: int, message: str) -> HttpResponse:
    return render(request, "web/refused.html", {"message": message, "code": code}, status=code)
