"""A request typed by somebody unknown: kept sealed for a day, a request of the register once confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from kith.access.actors import Actor
from kith.access.cases import open_case
from kith.kernel.clock import now
from kith.kernel.errors import NotFound
from kith.printouts.models import Sending
from kith.printouts.rules import wait_after
from kith.privacy.front import limits
from kith.privacy.front.actions import count_use, forget_old_uses
from kith.privacy.front.limits import Limit, TooMany
from kith.privacy.front.tokens import digest_of, new_token
from kith.privacy.register import rules
from kith.privacy.register.actions import take_in
from kith.privacy.register.models import Kind, PersonRequest, UnconfirmedRequest
from kith.privacy.register.sealing import Said, sealed, sealed_link
from kith.stewardship.models import Case

PUBLIC: Final = Actor("Public form", frozenset())
WAITS: Final = timedelta(hours=24)
SAID_AFTER: Final = 3
"""Attempts, half an hour: somebody has to know that nobody can confirm anything."""
_OURS: Final = frozenset({Sending.Trouble.UNREACHABLE, Sending.Trouble.SETTINGS})
_LATER: Final = "Too many requests came in. Try again in an hour, or write to us by post or e-mail."
_DEAD: Final = "This link does not work any more: it works once, for 24 hours. Send your request again."


def ask(*, kind: str, said: Said, address: str, link_of: Callable[[str], str]) -> None:
    """Says the same and does the same whoever it is: nobody is looked up. `said.reach`: an e-mail.

    Whose e-mail was typed too often today gets no more of them, and nobody hears that.
    """
    _within(limits.ASK_BY_ADDRESS, address)
    _within(limits.ASK_BY_ALL)
    if count_use(limits.ASK_BY_EMAIL, said.reach.lower()):
        _keep(kind, said, link_of)


def confirm(*, token: str, address: str) -> PersonRequest:
    """Once. The month runs from the day it was typed; no contact is attached, nobody is identified. Only
    links that do not work are counted."""
    try:
        return _confirm(token)
    except NotFound:
        _within(limits.CONFIRM, address)
        raise


@transaction.atomic
def _confirm(token: str) -> PersonRequest:
    rows = UnconfirmedRequest.objects.select_for_update()
    found = rows.filter(token_digest=digest_of(token), expires_at__gt=now()).first()
    if found is None:
        raise NotFound(_DEAD)
    received_on = localdate(found.made_at)
    request = PersonRequest(
        uid=found.uid,
        kind=found.kind,
        channel=PersonRequest.Channel.FORM,
        received_on=received_on,
        due_on=rules.due_after(received_on),
        sealed_words=bytes(found.sealed_words),
        sealed_key=bytes(found.sealed_key),
        made_as=PUBLIC.name,
    )
    take_in(request=request, by=PUBLIC)
    found.delete()
    return request


@transaction.atomic
def note_mailed(*, uid: UUID, trouble: Sending.Trouble | None) -> None:
    """After an attempt: once it left, nobody here knows the link any more."""
    found = UnconfirmedRequest.objects.select_for_update().filter(pk=uid).first()
    if found is None:
        return
    found.attempts += 1
    if trouble in _OURS and found.attempts >= SAID_AFTER:
        _open_case(trouble)
    wait = wait_after(found.attempts, trouble) if trouble else None
    if wait is None:
        found.sealed_link = None
    else:
        _defer(uid, after=wait)
    found.save(update_fields=["attempts", "sealed_link"])


def remove_unconfirmed() -> int:
    """Whatever nobody confirmed in time, and old counts (housekeeping). Returns how many requests went."""
    forget_old_uses()
    removed, _ = UnconfirmedRequest.objects.filter(expires_at__lte=now()).delete()
    return removed


@transaction.atomic
def _keep(kind: str, said: Said, link_of: Callable[[str], str]) -> None:
    token, uid = new_token(), uuid4()
    alone = sealed(said, uid=uid)
    UnconfirmedRequest.objects.create(
        uid=uid,
        kind=Kind(kind),
        sealed_words=alone.body,
        sealed_key=alone.key,
        sealed_link=sealed_link(link_of(token), key=alone.key, uid=uid),
        token_digest=digest_of(token),
        expires_at=now() + WAITS,
    )
    _defer(uid)


def _open_case(trouble: Sending.Trouble) -> None:
    """One, while nobody resolved it."""
    title = f"Requests of persons cannot be confirmed. {trouble.label}"
    cases = Case.objects.filter(kind=Case.Kind.PERSON_REQUEST, title=title)
    if not cases.exclude(state=Case.State.RESOLVED).exists():
        open_case(kind="person_request", title=title)


def _defer(uid: UUID, *, after: timedelta = timedelta()) -> None:
    """Never two jobs of the same at once."""
    job = app.configure_task("register.mail_link", lock=f"register.{uid}", schedule_at=now() + after)
    job.defer(uid=str(uid))


def _within(limit: Limit, who: str = "") -> None:
    if not count_use(limit, who):
        raise TooMany(_LATER)
