from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import RequestFactory

from kith.web.outside import absolute, visitor_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_a_visitor_is_believed_as_far_as_proxies_of_ours_say_so(
    settings: LazySettings, proxies: int, forwarded: str, seen: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert visitor_address(request) == seen


def test_links_of_e_mails_are_https_where_kith_is_reached_so(settings: LazySettings) -> None:
    request = RequestFactory().get("/", SERVER_NAME="localhost")
    assert absolute(request, "/x/") == "http://localhost/x/"
    settings.SECURE_COOKIES = True
    assert absolute(request, "/x/") == "https://localhost/x/"
