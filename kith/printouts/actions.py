"""Printouts handed out, and e-mailed: permission, rule, write, journal."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from procrastinate.contrib.django import app

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.belongings import contact_of, locked_anchor_of
from kith.kernel import clock
from kith.kernel.errors import Refused
from kith.printouts import rules
from kith.printouts.formats import File, Format, file_of
from kith.printouts.models import Sending
from kith.printouts.queries import Wish, mark_of, reach_of, wanted


def print_contact(*, actor: Actor, contact_id: int, wish: Wish) -> File:
    """Logged when it is made; one that cannot be made is not."""
    require(actor, Permission.CONTACT_VIEW)
    found = wanted(contact_id, wish, actor=actor)
    made = file_of(found.document(actor=actor), wish.format)
    with transaction.atomic():
        found.preset.log(found.contact, actor, wish.format.label)
    return made


@transaction.atomic
def ask_to_send(*, actor: Actor, contact_id: int, wish: Wish) -> Sending:
    """To the primary e-mail, by a job; refused where the contact may not be reached."""
    require(actor, Permission.CONTACT_VIEW)
    found = wanted(contact_id, wish, actor=actor)
    anchor = locked_anchor_of(contact_id)
    reach = reach_of(found.contact)
    reach.may_send.or_raise(Refused)
    keys = [one.key for one in found.sections]
    same = Sending.objects.filter(
        record_id=anchor, preset=wish.preset, format=wish.format, sections=keys, state=Sending.State.WAITING
    )
    if same.exists():
        raise Refused("The same printout is on its way already.")
    sending = Sending.objects.create(
        record_id=anchor,
        preset=wish.preset,
        format=wish.format,
        sections=keys,
        address_mark=mark_of(reach.email),
        user_id=actor.user_id,
        actor=actor.name,
        roles=[] if actor.user_id else list(actor.roles),
        next_at=clock.now(),
    )
    _journal("PrintoutRequested", sending, by=actor, contact_id=contact_id)
    _defer(sending)
    return sending


@transaction.atomic
def note_outcome(*, sending_id: int, by: Actor, trouble: Sending.Trouble | None) -> Sending | None:
    """What became of one attempt; None where it is not waited for any more."""
    sending = Sending.objects.select_for_update().filter(pk=sending_id).first()
    if sending is None or sending.state != Sending.State.WAITING:
        return None
    sending.attempts += 1
    sending.trouble = trouble or ""
    wait = rules.wait_after(sending.attempts, trouble) if trouble else None
    if wait is not None:
        sending.next_at = clock.now() + wait
        _defer(sending)
    else:
        sending.state = Sending.State.FAILED if trouble else Sending.State.SENT
        sending.ended_at, sending.next_at, sending.address_mark = clock.now(), None, ""
        event = "PrintoutNotSent" if trouble else "PrintoutSent"
        _journal(event, sending, by=by, contact_id=contact_of(sending.record_id))
    sending.save()
    return sending


def forget_sendings(*, record_ids: Sequence[int]) -> None:
    Sending.objects.filter(record_id__in=record_ids).delete()


def forget_waiting_sendings(*, record_ids: Sequence[int]) -> None:
    """They are not sent. That others were sent stays: it says who got data, and when."""
    Sending.objects.filter(record_id__in=record_ids, ended_at=None).delete()


def _defer(sending: Sending) -> None:
    """Never two jobs of the same at once. A worker that is killed leaves its job to be taken up again."""
    app.configure_task(
        "printouts.send", lock=f"printouts.send.{sending.pk}", schedule_at=sending.next_at
    ).defer(sending_id=sending.pk)


def _journal(event: str, sending: Sending, *, by: Actor, contact_id: int | None) -> None:
    detail = {"kind": f"printout as {Format(sending.format).label}"}
    if sending.trouble:
        detail["why"] = Sending.Trouble(sending.trouble).label
    journal.record(
        event, by=by, subject_type="printout", subject_id=sending.pk, group_id=contact_id, detail=detail
    )
