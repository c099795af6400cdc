"""How Kith and its visitors look from outside, where a proxy stands between them."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def visitor_address(request: HttpRequest) -> str:
    """As the outermost of KITH_PROXIES proxies saw it: what stands left of that in `X-Forwarded-For` anybody
    can write. Without proxies that header is not looked at."""
    nearest = str(request.META.get("REMOTE_ADDR") or "")
    if not settings.PROXIES:
        return nearest
    seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
    return _address(seen[-settings.PROXIES].strip()) or nearest if len(seen) >= settings.PROXIES else nearest


def absolute(request: HttpRequest, path: str) -> str:
    """For an e-mail: a proxy speaks https, and Kith behind it http."""
    address = request.build_absolute_uri(path)
    if settings.SECURE_COOKIES and address.startswith("http://"):
        return f"https://{address.removeprefix('http://')}"
    return address


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""
