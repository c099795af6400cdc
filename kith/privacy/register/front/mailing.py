"""The e-mail that asks whether a request is meant. Nothing that was typed into the form is in it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.core.mail import EmailMessage

from kith.kernel.clock import now
from kith.printouts.branding import branding_in_force
from kith.printouts.mailing import delivered, message_id
from kith.privacy.register.front import actions
from kith.privacy.register.models import UnconfirmedRequest
from kith.privacy.register.sealing import opened, opened_link
from kith.settings.in_force import seen_once
from kith.vault.own_key import SealedAlone

MARK: Final = "person-request-"
"""Of a Message-ID: by it the e-mail is found again, where it lies in a folder."""
_SUBJECT: Final = "Please confirm your privacy request"
_BODY: Final = """Hello,

somebody, we hope you, sent a request about personal data{to}.

If it was you, open this page and press “Confirm my request”:

{link}

It works once, for 24 hours. If it was not you, do nothing: what was sent is removed then.
"""


def mail_link(uid: UUID) -> None:
    """One attempt. Nothing where it left already, was confirmed, or is too old."""
    found = UnconfirmedRequest.objects.filter(pk=uid, sealed_link__isnull=False, expires_at__gt=now()).first()
    if found is None or found.sealed_link is None:
        return
    alone = SealedAlone(bytes(found.sealed_words), bytes(found.sealed_key))
    link = opened_link(bytes(found.sealed_link), key=alone.key, uid=uid)
    with seen_once():
        organisation = branding_in_force().organisation
    to = f" to {organisation}" if organisation else ""
    email = opened(alone, uid=uid).reach
    message = EmailMessage(
        subject=_SUBJECT,
        body=_BODY.format(to=to, link=link),
        to=[email],
        headers={"Message-ID": message_id(f"{MARK}{uid}")},
    )
    actions.note_mailed(uid=uid, trouble=delivered(message))
