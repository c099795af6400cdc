"""Which addresses are told, and when again."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address

import pytest

from kith.delivery.rules import WAITS, is_public, may_tell, wait_after


@pytest.mark.parametrize("url", ["https://crm.example.org/hooks?of=kith", "https://crm.example.org:8443/"])
def test_an_address_of_the_open_internet_is_told(url: str) -> None:
    assert may_tell(url=url, events=["contact.created"], private_allowed=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://crm.example.org/hooks",
        "http://localhost:8000/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://user:word@crm.example.org/",
        "https://crm.example.org/#part",
        "https://crm.example.org:99999/",
        "https://crm.example.org:0/",
        "https://[::1/",
        "https://crm.example.org\u2100/",
        "ftp://crm.example.org/",
        "https://",
        "https://crm.example.org/\n",
        "crm.example.org",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    assert not may_tell(url=url, events=["contact.created"], private_allowed=False)


def test_where_the_installation_allows_it_this_machine_is_told() -> None:
    assert may_tell(url="http://localhost:8000/", events=["contact.created"], private_allowed=True)
    assert may_tell(url="https://10.1.2.3/", events=["contact.created"], private_allowed=True)
    assert not may_tell(url="http://10.1.2.3/", events=["contact.created"], private_allowed=True)


@pytest.mark.parametrize("events", [[], ["contact.sold"]])
def test_an_event_that_there_is_has_to_be_chosen(events: list[str]) -> None:
    assert not may_tell(url="https://crm.example.org/", events=events, private_allowed=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("0.0.0.0", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_what_is_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


def test_attempts_end_after_three_days() -> None:
    assert WAITS[0] == timedelta(seconds=5)
    assert timedelta(days=2.9) < sum(WAITS, timedelta()) < timedelta(days=3.5)
    assert list(WAITS) == sorted(WAITS)
    assert wait_after(len(WAITS) + 1) is None
