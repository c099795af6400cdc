"""A link that opens something once stands in no line of the console while it may work still."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from kith.access.http import OPEN
from kith.config.logs import BEFORE_TOKENS
from kith.kernel.errors import DomainError
from kith.privacy.front.limits import TooMany
from kith.privacy.front.tokens import new_token
from kith.privacy.information import actions as information
from kith.privacy.register.front import actions as register

PAGES = ("information:open", "privacy-request:confirm")
BOTH = pytest.mark.parametrize("page", PAGES)


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What Kith's own handler writes, as the settings made it."""
    (handler,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    shown = io.StringIO()
    before = handler.setStream(shown)
    yield shown
    handler.setStream(before)


def _raise(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*, token: str, address: str) -> None:
        raise error

    monkeypatch.setattr(information, "open_link", fail)
    monkeypatch.setattr(register, "confirm", fail)


def _is_silent(console: io.StringIO, token: str, *, about: str) -> bool:
    said = console.getvalue()
    assert about in said, "Django logged it, or this test shows nothing"
    return token not in said


@BOTH
@pytest.mark.django_db
def test_a_form_without_its_csrf_token(page: str, console: io.StringIO) -> None:
    token = new_token()
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse(page, args=(token,))).status_code == 403
    assert _is_silent(console, token, about="Forbidden")


@BOTH
@pytest.mark.django_db
def test_too_many_attempts(
    page: str, client: Client, console: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    _raise(monkeypatch, TooMany("Try again in an hour."))
    assert client.post(reverse(page, args=(token,))).status_code == 429
    assert _is_silent(console, token, about="Too Many Requests")


@BOTH
@pytest.mark.django_db
def test_a_fault_of_ours(page: str, console: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    token = new_token()
    _raise(monkeypatch, RuntimeError(token))
    client = Client(raise_request_exception=False)
    assert client.post(reverse(page, args=(token,))).status_code == 500
    assert _is_silent(console, token, about="Internal Server Error")


@BOTH
@pytest.mark.django_db
def test_a_request_that_was_refused(
    page: str, client: Client, console: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    _raise(monkeypatch, DomainError("It is not possible."))
    assert client.post(reverse(page, args=(token,))).status_code == 400
    assert _is_silent(console, token, about="Bad Request")


@BOTH
@pytest.mark.django_db
def test_an_address_that_was_typed_wrongly(page: str, client: Client, console: io.StringIO) -> None:
    token = new_token()
    for address in (f"{reverse(page, args=(token,))}x", reverse(page, args=(token,)).upper()):
        assert client.get(address).status_code == 404
    assert _is_silent(console, token, about="Not Found")
    assert token.upper() not in console.getvalue()


@pytest.mark.parametrize("name", ["django", "django.request", "django.security"])
def test_nobody_but_the_console_of_kith_shows_what_django_logs(name: str) -> None:
    """Django's own handler, for debugging, would show the path as it is."""
    assert logging.getLogger(name).handlers == []


def _with_tokens(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _with_tokens(entry, before + str(entry.pattern))
        elif isinstance(entry, URLPattern) and getattr(entry.callback, "kith_needs", None) == OPEN:
            address, is_with, _ = f"{before}{entry.pattern}".partition("<")
            yield from [address] if is_with else []


def test_the_logs_know_every_open_address_that_ends_in_a_token() -> None:
    assert sorted(_with_tokens(get_resolver())) == sorted(BEFORE_TOKENS)
