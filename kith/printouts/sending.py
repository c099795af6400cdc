"""What the job does: everything is read anew, as whoever asked may read it now."""

from __future__ import annotations

from dataclasses import dataclass

from kith.access.actors import Actor
from kith.access.models import User
from kith.access.roles import permissions_of
from kith.contacts.belongings import contact_of
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.printouts import actions, mailing
from kith.printouts.branding import branding_in_force
from kith.printouts.formats import File, Format, file_of
from kith.printouts.models import Sending
from kith.printouts.queries import Wish, mark_of, reach_of, wanted
from kith.settings.in_force import seen_once

Trouble = Sending.Trouble


@dataclass(frozen=True, slots=True)
class _Ready:
    file: File
    email: str


def carry_out(sending_id: int) -> Sending | None:
    """One attempt. None where nothing waits: sent already, or gone with its contact.

    Killed after the mail server took it, it is sent once more, under the same Message-ID.
    """
    sending = Sending.objects.select_related("user").filter(pk=sending_id).first()
    if sending is None or sending.state != Sending.State.WAITING:
        return None
    by = _actor(sending)
    with seen_once():
        ready = _prepared(sending, by)
        branding = branding_in_force()
    if isinstance(ready, Trouble):
        trouble: Trouble | None = ready
    else:
        trouble = mailing.send(ready.file, to=ready.email, branding=branding, sending_id=sending_id)
    return actions.note_outcome(sending_id=sending_id, by=by, trouble=trouble)


def _actor(sending: Sending) -> Actor:
    if isinstance(sending.user, User):
        return sending.user.actor
    return Actor(sending.actor, permissions_of(sending.roles), roles=tuple(sending.roles))


def _prepared(sending: Sending, actor: Actor) -> _Ready | Trouble:
    contact_id = contact_of(sending.record_id)
    if contact_id is None:
        return Trouble.GONE
    form = Format(sending.format)
    try:
        wish = Wish(format=form, sections=tuple(sending.sections), preset=sending.preset)
        found = wanted(contact_id, wish, actor=actor)
        reach = reach_of(found.contact)
        trouble = _may_not(reach.email, sending, allowed=bool(reach.may_send))
        return trouble or _Ready(file_of(found.document(actor=actor), form), reach.email)
    except NotAllowed:
        return Trouble.NOT_ALLOWED
    except NotFound:
        return Trouble.GONE
    except Refused:
        return Trouble.NOT_MADE


def _may_not(email: str, sending: Sending, *, allowed: bool) -> Trouble | None:
    if not email:
        return Trouble.NO_EMAIL
    if not allowed:
        return Trouble.SUPPRESSED
    return None if mark_of(email) == sending.address_mark else Trouble.OTHER_EMAIL
