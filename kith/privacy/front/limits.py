"""How often somebody unknown may do something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Final

from django.http import HttpRequest

from kith.kernel.errors import DomainError
from kith.web.outside import visitor_address

_HOUR: Final = timedelta(hours=1)


class TooMany(DomainError):
    status = 429


@dataclass(frozen=True, slots=True)
class Limit:
    what: str
    most: int
    within: timedelta = _HOUR


ASK_BY_ADDRESS: Final = Limit("ask", 5)
ASK_BY_ALL: Final = Limit("ask-all", 300)
ASK_BY_EMAIL: Final = Limit("ask-email", 3, timedelta(days=1))
"""Nobody is written to more often than that, whoever types their e-mail."""
CONFIRM: Final = Limit("confirm", 20)
OPEN_LINK: Final = Limit("open-link", 20)
KEPT: Final = timedelta(days=2)
"""Longer than any window."""


def address_of(request: HttpRequest) -> str:
    """Of the network where that is what one household or machine has: IPv6 by its first 64 bits."""
    text = visitor_address(request)
    try:
        address = ip_address(text)
    except ValueError:
        return text[:60]
    if isinstance(address, IPv6Address):
        return address.exploded[:19]
    return str(address)
