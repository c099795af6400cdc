"""From a URL to Django's database settings, and to the URL that bulk paths use."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import parse_qs, unquote, urlsplit

from kith.config.environment import BadEnvironment


class DatabaseSettings(TypedDict):
    ENGINE: str
    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str
    CONN_MAX_AGE: int
    CONN_HEALTH_CHECKS: bool


def from_url(url: str) -> DatabaseSettings:
    """`postgresql://user:password@host:port/name`, or `?host=/folder` for a server on a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadEnvironment("DATABASE_URL must begin with postgresql://; Kith runs on PostgreSQL only.")
    query = parse_qs(parts.query)
    return DatabaseSettings(
        ENGINE="django.db.backends.postgresql",
        NAME=unquote(parts.path.lstrip("/")) or "kith",
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
        HOST=query.get("host", [unquote(parts.hostname or "")])[0],
        PORT=str(parts.port or query.get("port", [""])[0]),
        CONN_MAX_AGE=60,
        CONN_HEALTH_CHECKS=True,
    )
