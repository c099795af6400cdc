from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import path

import kith.web
from kith.access.http import OPEN, open_to
from kith.access.models import User
from kith.config import urls as real_urls
from kith.kernel.errors import Conflict

WEB = Path(kith.web.__file__).parent


@open_to(OPEN, because="a test")
def _breaks(request: object) -> None:
    raise ZeroDivisionError


@open_to(OPEN, because="a test")
def _clashes(request: object) -> None:
    raise Conflict("Somebody else saved this record a minute ago.")


urlpatterns = [*real_urls.urlpatterns, path("breaks/", _breaks), path("clashes/", _clashes)]
handler400, handler403 = real_urls.handler400, real_urls.handler403
handler404, handler500 = real_urls.handler404, real_urls.handler500


def test_the_frame_shows_only_what_the_actor_may_see(
    viewer: User, administrator: User, client_of: Callable[[User], Client]
) -> None:
    narrow, wide = client_of(viewer).get("/").text, client_of(administrator).get("/").text
    assert "Audit log" in wide
    assert "Audit log" not in narrow
    assert "Users" in wide
    assert "Users" not in narrow


def test_the_active_item_is_marked(administrator: User, client_of: Callable[[User], Client]) -> None:
    text = client_of(administrator).get("/users/add/").text
    assert re.findall(r'href="([^"]*)" aria-current="page"', text) == ["/users/"]


def test_every_page_has_one_heading_a_skip_link_and_a_way_out(
    viewer: User, client_of: Callable[[User], Client]
) -> None:
    text = client_of(viewer).get("/").text
    assert text.count("<h1>") == 1
    assert 'href="#main"' in text
    assert 'action="/sign-out/"' in text
    assert "Viewer" in text


@override_settings(ROOT_URLCONF="tests.web.test_frame")
def test_a_bug_shows_a_page_that_needs_nothing(db: None) -> None:
    response = Client(raise_request_exception=False).get("/breaks/")
    assert response.status_code == 500
    assert "Something broke" in response.text
    assert "ZeroDivision" not in response.text


@override_settings(ROOT_URLCONF="tests.web.test_frame")
def test_a_domain_error_is_shown_with_its_sentence(db: None) -> None:
    response = Client().get("/clashes/")
    assert response.status_code == 409
    assert "saved this record a minute ago" in response.text


def test_an_unknown_address_says_so(viewer: User, client_of: Callable[[User], Client]) -> None:
    response = client_of(viewer).get("/nothing/here/")
    assert response.status_code == 404
    assert "Nothing here" in response.text


@pytest.mark.django_db
def test_a_foreign_host_is_refused_without_a_crash() -> None:
    assert Client().get("/sign-in/", headers={"host": "evil.example"}).status_code == 400


def test_no_page_needs_another_host_or_inline_code(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    for page in ("/", "/users/", "/users/add/", "/audit/", "/password/"):
        text = client_of(administrator).get(page).text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), page
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", text), page
        assert len(text.encode()) < 60_000


def test_the_policy_forbids_inline_code_and_other_hosts(
    viewer: User, client_of: Callable[[User], Client]
) -> None:
    policy = client_of(viewer).get("/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_colour_is_a_token() -> None:
    for sheet in ("base.css", "frame.css", "components.css"):
        text = (WEB / "static/kith" / sheet).read_text()
        assert set(re.findall(r"#[0-9a-f]{3,6}\b", text)) <= {"#fff", "#000"}, sheet


def _luminance(colour: str) -> float:
    if len(colour) == 4:
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_meets_aa_on_every_ground_it_stands_on(scheme: int) -> None:
    css = (WEB / "static/kith/kith.css").read_text()
    block = css.split("prefers-color-scheme: dark")[scheme]
    token = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
    pairs = [(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "sunken")]
    pairs += [(tone, f"{tone}-paper") for tone in ("gold", "green", "amber", "red", "blue", "teal")]
    pairs += [("teal", "surface"), ("teal", "paper"), ("on-teal", "teal")]
    weak = {pair: round(_contrast(token[pair[0]], token[pair[1]]), 2) for pair in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}
