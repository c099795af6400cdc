"""One POST to an address that a person typed: to the open internet only, no redirects, a short patience."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from string import punctuation
from time import perf_counter
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from kith.delivery import signing
from kith.delivery.models import Event
from kith.delivery.rules import is_public
from kith.kernel import clock

PATIENCE_SECONDS: Final = 15
USER_AGENT: Final = "Kith-Webhooks/1"


class Trouble(StrEnum):
    NAME = "name"
    PRIVATE = "private"
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    ANSWER = "answer"
    REDIRECT = "redirect"
    STATUS = "status"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Trouble.NAME: "The host name is not known",
    Trouble.PRIVATE: "The address is private",
    Trouble.CONNECTION: "No connection",
    Trouble.TLS: "The certificate was refused",
    Trouble.TIMEOUT: "No answer in time",
    Trouble.ANSWER: "The answer was no HTTP",
    Trouble.REDIRECT: "A redirect, which is not followed",
    Trouble.STATUS: "The answer was no success",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """All there is to send; read from the database before, as threads send."""

    message_id: int
    url: str
    secret: str
    webhook_id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    message_id: int
    status: int | None
    trouble: Trouble | None
    """None: delivered."""
    duration_ms: int


class _Refused(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def body_of(event: Event) -> bytes:
    """The same bytes at every attempt."""
    said = {"type": event.type, "timestamp": event.at.isoformat(), "data": event.data}
    return json.dumps(said, separators=(",", ":")).encode()


def send(parcel: Parcel) -> Result:
    began = perf_counter()
    status: int | None = None
    try:
        status = _status(parcel)
        trouble = _trouble_of(status)
    except _Refused as error:
        trouble = error.trouble
    except ssl.SSLError:
        trouble = Trouble.TLS
    except TimeoutError:
        trouble = Trouble.TIMEOUT
    except OSError:
        trouble = Trouble.CONNECTION
    except http.client.HTTPException:
        trouble = Trouble.ANSWER
    took = perf_counter() - began
    if trouble in {Trouble.CONNECTION, Trouble.ANSWER} and took >= PATIENCE_SECONDS:
        trouble = Trouble.TIMEOUT  # hung up on by the watch below
    return Result(
        message_id=parcel.message_id, status=status, trouble=trouble, duration_ms=round(took * 1000)
    )


def _trouble_of(status: int) -> Trouble | None:
    if 200 <= status < 300:
        return None
    return Trouble.REDIRECT if 300 <= status < 400 else Trouble.STATUS


def _status(parcel: Parcel) -> int:
    parts = urlsplit(parcel.url)
    connection = _connection(parts)
    # A socket's timeout is per read; an answer that drips would be waited for without end.
    watch = threading.Timer(PATIENCE_SECONDS, _hang_up, [connection])
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", _target(parts), body=parcel.body, headers=_headers(parcel))
        return connection.getresponse().status
    finally:
        watch.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it is closed already
            return


def _target(parts: SplitResult) -> str:
    """What is not ASCII goes as UTF-8, percent-encoded, as browsers send it."""
    typed = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return quote(typed, safe=punctuation)


def _headers(parcel: Parcel) -> Mapping[str, str]:
    signed = signing.headers(
        secret=parcel.secret,
        webhook_id=parcel.webhook_id,
        timestamp=int(clock.now().timestamp()),
        body=parcel.body,
    )
    return {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Connection": "close", **signed}


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(host, port)
    if parts.scheme == "https":
        return _PinnedHttps(host, port, address)
    return _Pinned(host, port, address)


def _address(host: str, port: int) -> str:
    """Looked up once and connected to as it is: a name that changes in between leads nowhere else."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise _Refused(Trouble.NAME) from error
    addresses = [str(one[4][0]) for one in found]
    if not settings.WEBHOOKS_TO_PRIVATE and not all(
        is_public(ip_address(one.partition("%")[0])) for one in addresses
    ):
        raise _Refused(Trouble.PRIVATE)
    return addresses[0]


class _Pinned(http.client.HTTPConnection):
    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=PATIENCE_SECONDS)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), PATIENCE_SECONDS)


class _PinnedHttps(_Pinned):
    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
