"""How e-mail leaves Kith: into a folder until the environment names a server or a provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kith.config import environment
from kith.config.environment import BadEnvironment

_PLAIN: Final[Mapping[str, str]] = {
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "console": "django.core.mail.backends.console.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}
_PROVIDERS: Final[Mapping[str, str]] = {
    "brevo": "API_KEY",
    "mailersend": "API_TOKEN",
    "mailgun": "API_KEY",
    "postmark": "SERVER_TOKEN",
    "resend": "API_KEY",
    "sendgrid": "API_KEY",
    "sparkpost": "API_KEY",
}
"""What each of them calls its key."""
_PORTS: Final = {"tls": 465, "starttls": 587, "none": 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    backend: str
    sender: str
    folder: Path
    """Of the file backend."""
    smtp: Smtp
    provider: Mapping[str, str] = field(default_factory=dict, repr=False)
    stays_here: bool = False
    """Nothing leaves this machine."""


def from_environment(home: Path) -> Mail:
    way = environment.text("KITH_MAIL", "file").strip().lower()
    if way not in _PLAIN and way not in _PROVIDERS:
        raise BadEnvironment(f"KITH_MAIL must be one of {', '.join((*_PLAIN, *_PROVIDERS))}.")
    folder = home / "mail"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Mail(
        backend=_PLAIN.get(way, f"anymail.backends.{way}.EmailBackend"),
        sender=environment.text("KITH_MAIL_FROM", "kith@localhost"),
        folder=folder,
        smtp=_smtp() if way == "smtp" else Smtp(),
        provider=_provider(way) if way in _PROVIDERS else {},
        stays_here=way in {"file", "console"},
    )


def _smtp() -> Smtp:
    security = environment.text("KITH_SMTP_SECURITY", "starttls").strip().lower()
    if security not in _PORTS:
        raise BadEnvironment("KITH_SMTP_SECURITY must be tls, starttls or none.")
    return Smtp(
        host=environment.text("KITH_SMTP_HOST", "localhost"),
        port=environment.number("KITH_SMTP_PORT", _PORTS[security]),
        user=environment.text("KITH_SMTP_USER"),
        password=environment.text("KITH_SMTP_PASSWORD"),
        security=security,
    )


def _provider(way: str) -> Mapping[str, str]:
    key = environment.text("KITH_MAIL_KEY")
    if not key:
        raise BadEnvironment(f"KITH_MAIL_KEY is needed: the key that {way} gave you.")
    url = environment.text("KITH_MAIL_URL")
    return {f"{way.upper()}_{_PROVIDERS[way]}": key} | ({f"{way.upper()}_API_URL": url} if url else {})
