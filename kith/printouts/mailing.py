"""One e-mail with one printout. A mail server may name the address: nothing it says is kept or logged."""

from __future__ import annotations

import logging
import smtplib
from http import HTTPStatus
from typing import Final

from anymail.exceptions import (  # type: ignore[import-untyped]  # it brings no types
    AnymailAPIError,
    AnymailError,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.utils import DNS_NAME

from kith.printouts.branding import Branding
from kith.printouts.formats import File
from kith.printouts.models import Sending

Trouble = Sending.Trouble
MARK: Final = "printout-"
"""Of a Message-ID, with the number of its sending: by it the e-mail is found again."""
log = logging.getLogger(__name__)


def send(file: File, *, to: str, branding: Branding, sending_id: int) -> Trouble | None:
    """None: the mail server took it."""
    return delivered(_message(file, to=to, branding=branding, sending_id=sending_id))


def delivered(message: EmailMessage) -> Trouble | None:
    """As `send`, whatever it says."""
    try:
        message.send()
    except smtplib.SMTPAuthenticationError:
        return Trouble.SETTINGS
    except smtplib.SMTPResponseException as error:
        return _of_smtp(error.smtp_code)
    except smtplib.SMTPRecipientsRefused as error:
        return _of_smtp(max((code for code, _ in error.recipients.values()), default=0))
    except AnymailAPIError as error:
        return _of_provider(error.status_code)
    except ImproperlyConfigured:
        return Trouble.SETTINGS
    except (smtplib.SMTPException, OSError):
        return Trouble.UNREACHABLE
    except (AnymailError, ValueError):  # an address or a header that cannot be written
        return Trouble.REFUSED
    return None


def _message(file: File, *, to: str, branding: Branding, sending_id: int) -> EmailMessage:
    """A second attempt at what was taken already has the same Message-ID: mail programs show it once."""
    message = EmailMessage(
        subject=branding.subject,
        body=branding.message,
        to=[to],
        headers={"Message-ID": message_id(f"{MARK}{sending_id}")},
    )
    message.attach(file.name, file.body, file.media_type.partition(";")[0])
    return message


def message_id(name: str) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or DNS_NAME
    return f"<{name}@{domain}>"


def _of_smtp(code: int) -> Trouble:
    """4xx: later perhaps."""
    return Trouble.REFUSED if code >= 500 else Trouble.UNREACHABLE


def _of_provider(status: int | None) -> Trouble:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Trouble.SETTINGS
    if status is not None and 400 <= status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS:
        return Trouble.REFUSED
    return Trouble.UNREACHABLE
