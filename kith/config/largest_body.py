"""How much a request may bring along, decided before anything of it is read.

Django reads a form, and writes its files to the disk, where it first looks at one: to check its CSRF token,
before it asks whether anybody is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kith.access.http import BY_KEY, OPEN
from kith.attachments.forms import MOST_AT_ONCE
from kith.attachments.sections import limits_in_force

MEGABYTE: Final = 1024 * 1024
FROM_STRANGERS: Final = 5 * MEGABYTE
BESIDE_FILES: Final = MEGABYTE
"""The other fields of a form with files."""
_NO_LENGTH: Final = "What was sent does not say its length. Send it with a Content-Length."


class LargestBodyMiddleware:
    """Stands before the one that checks CSRF tokens. The API says itself what its operations take."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        whom = getattr(view, "kith_needs", None)
        if whom == BY_KEY:
            return None
        size = _size_of(request)
        if size is None:
            return _refused(request, _NO_LENGTH, status=411)
        if size <= FROM_STRANGERS:
            return None
        if whom == OPEN or not request.user.is_authenticated:
            return _too_large(request, FROM_STRANGERS)
        largest = _largest_file()
        return _too_large(request, largest) if size > largest + BESIDE_FILES else None


def _size_of(request: HttpRequest) -> int | None:
    """In bytes. None: it is not said, or not as a number."""
    length = str(request.META.get("CONTENT_LENGTH") or "")
    if not length:
        return None if request.META.get("HTTP_TRANSFER_ENCODING") else 0
    return int(length) if length.isascii() and length.isdigit() else None


def _largest_file() -> int:
    """In bytes, or all files together where many are sent at once. The page refuses what it does not take."""
    return max(int(settings.UPLOAD_LIMIT_BYTES), MOST_AT_ONCE * limits_in_force().most_bytes)


def _too_large(request: HttpRequest, most: int) -> HttpResponse:
    message = f"What was sent is larger than {most // MEGABYTE:,} MB, the most taken here."
    return _refused(request, message, status=413)


def _refused(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    return render(request, "web/refused.html", {"message": message, "code": status}, status=status)
