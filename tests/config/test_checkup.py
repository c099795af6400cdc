"""What `kith doctor` says of mail and fonts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from kith.config.checkup import Finding, Level, examine


def _said(what: str) -> Finding:
    return next(one for one in examine() if one.what == what)


@pytest.fixture
def sending(settings: Settings) -> Settings:
    settings.MAIL_STAYS_HERE = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "Club <office@example.org>"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "127.0.0.1", False, False
    settings.EMAIL_TIMEOUT = 5
    return settings


@pytest.fixture
def server() -> Iterator[int]:
    """Takes one connection, greets, and says goodbye."""

    def answer() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as line:
            line.write(b"220 mail.example.org ESMTP\r\n")
            line.flush()
            for asked in line:
                line.write(b"221 bye\r\n" if asked.lower().startswith(b"quit") else b"250 ok\r\n")
                line.flush()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


@pytest.mark.django_db
def test_mail_that_stays_here_is_said_with_how_to_send() -> None:
    found = _said("mail")
    assert (found.level, found.then) == (Level.OK, "set KITH_MAIL to send any")


@pytest.mark.django_db
def test_a_mail_server_is_spoken_to(sending: Settings, server: int) -> None:
    sending.EMAIL_PORT = server
    found = _said("mail")
    assert (found.level, found.says) == (Level.OK, "by smtp, from Club <office@example.org>")


@pytest.mark.django_db
def test_a_mail_server_that_is_not_there_fails_and_a_sender_nobody_can_answer_warns(
    sending: Settings,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sending.EMAIL_PORT = taken.getsockname()[1]
    found = _said("mail")
    assert (found.level, "does not take any" in found.says) == (Level.FAIL, True)
    assert "KITH_SMTP_HOST" in found.then
    sending.DEFAULT_FROM_EMAIL = "kith@localhost"
    assert (_said("mail").level, "KITH_MAIL_FROM" in _said("mail").then) == (Level.WARN, True)


@pytest.mark.django_db
def test_a_folder_without_fonts_is_told(settings: Settings, tmp_path: Path) -> None:
    assert _said("fonts").says == "those of the system"
    settings.FONT_FOLDER = str(tmp_path)
    assert _said("fonts").level is Level.WARN
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "Noto.TTF").touch()
    assert _said("fonts").level is Level.OK
