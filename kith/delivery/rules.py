"""Which addresses may be told, and when to try again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from kith.delivery.events import EventType
from kith.kernel.decision import Decision

WAITS: Final = tuple(
    timedelta(seconds=one) for one in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After the first, second … failure: 5 s, 5 min, 30 min, 2 h … ; the last attempt is three days later."""
LONGEST_REST: Final = timedelta(hours=1)
GIVES_UP_AFTER: Final = timedelta(days=5)
"""Of nothing but failures: the endpoint is switched off."""

Address = IPv4Address | IPv6Address


def may_tell(*, url: str, events: Sequence[str], private_allowed: bool) -> Decision:
    parts = _parts(url)
    if parts is None:
        return Decision(("give a whole address: https://crm.example.org/hooks",))
    reasons, host = [], parts.hostname or ""
    if parts.username is not None or parts.password is not None:
        reasons.append("the address holds a user name or password; the signature proves who sends")
    if parts.fragment:
        reasons.append("the part behind # is never sent")
    if parts.scheme == "http" and not private_allowed:
        reasons.append("only https is sent out")
    elif parts.scheme == "http" and host not in {"localhost", "127.0.0.1", "::1"}:
        reasons.append("without https only this machine (localhost) is told")
    if not private_allowed and (host == "localhost" or _is_private_literal(host)):
        reasons.append("private addresses are told only where the installation allows it")
    if not events or set(events) - {str(one) for one in EventType}:
        reasons.append("choose at least one event")
    return Decision(tuple(reasons))


def _parts(url: str) -> SplitResult | None:
    """None where it is no whole address."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0 and parts.scheme in {"http", "https"}
    except ValueError:  # a bracket left open, a port that is none, signs that stand for others
        return None
    return parts if is_whole and url.isprintable() and " " not in url else None


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return False


def is_public(address: Address) -> bool:
    """Of the open internet: no loopback, no private net, no link (cloud metadata), no cover for one."""
    inner = _inside(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for: mapped, 6to4, or NAT64."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


_NAT64: Final = IPv6Network("64:ff9b::/96")


def wait_after(attempts: int) -> timedelta | None:
    """Until the next attempt after so many failed ones; None: given up."""
    return WAITS[attempts - 1] if attempts <= len(WAITS) else None


def rest_after(rests: int) -> timedelta:
    """Of an endpoint at which everything failed so many times in a row."""
    return min(WAITS[min(rests, len(WAITS)) - 1], LONGEST_REST)
