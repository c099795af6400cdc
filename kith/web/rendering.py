"""The whole page, or only the region that htmx asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from kith.access.http import KithRequest

UNPROCESSABLE: Final = 422
"""Of a form that comes back with what is wrong in it."""


def render_page(
    request: KithRequest,
    template: str,
    context: Mapping[str, object] | None = None,
    *,
    region: str = "",
    status: int = 200,
) -> HttpResponse:
    """`region` names a `{% partialdef %}` inside the template, so that page and fragment cannot differ."""
    name = f"{template}#{region}" if region and _wants_region(request) else template
    response = render(request, name, context, status=status)
    if region:
        patch_vary_headers(response, ["HX-Request"])
    return response


def _wants_region(request: KithRequest) -> bool:
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
