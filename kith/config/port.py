"""Is the address free to listen on? Asked before anything starts."""

from __future__ import annotations

import socket

from django.core.management.base import CommandError

from kith.config.exit_codes import Exit


def require_free(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as error:
        raise CommandError(
            f"Kith cannot listen on {host}:{port}: {error.strerror}. Choose another --port.",
            returncode=Exit.USAGE,
        ) from error
