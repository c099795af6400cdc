from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from kith.access.http import BY_KEY, OPEN, SIGNED_IN
from kith.access.permissions import Permission

OPEN_TO_ALL = {
    "users:sign-in": "one has to be able to sign in",
    "privacy-request:form": "persons who ask what is held about them have no account",
    "privacy-request:sent": "the same",
    "privacy-request:confirm": "the same; the link is in their e-mail",
    "privacy-request:done": "the same",
    "information:open": "whoever has the one-time link to a report has no account",
    "health": "whoever watches the service asks without an account",
}

View = Callable[..., HttpResponse]


def _views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, View]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _views(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry.callback


def test_every_view_says_whom_it_is_open_to() -> None:
    silent = [
        f"{name} ({inspect.getmodule(view)})"
        for name, view in _views(get_resolver())
        if not isinstance(getattr(view, "kith_needs", None), Permission)
        and getattr(view, "kith_needs", None) not in {OPEN, SIGNED_IN, BY_KEY}
    ]
    assert not silent, "mark with @needs(...), @open_to(...) or @by_key: " + ", ".join(silent)


def test_only_listed_views_are_open_to_anybody() -> None:
    found = {name for name, view in _views(get_resolver()) if getattr(view, "kith_needs", None) == OPEN}
    assert found <= OPEN_TO_ALL.keys(), f"add a reason here: {sorted(found - OPEN_TO_ALL.keys())}"


def test_only_the_api_goes_by_keys() -> None:
    found = {name for name, view in _views(get_resolver()) if getattr(view, "kith_needs", None) == BY_KEY}
    assert not [name for name in found if not name.startswith("api:") and name != "api-document"]


def test_every_address_has_a_name() -> None:
    nameless = [name for name, _ in _views(get_resolver()) if name.endswith("None")]
    assert not nameless
