"""Who may suppress a contact, and who may take that back (A9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Suppression
from kith.contacts.standing import Protection
from kith.kernel.decision import Decision

_Reason: Final = Suppression.Reason
BY_HAND: Final = (_Reason.MANUAL, _Reason.OPT_OUT, _Reason.BOUNCED, _Reason.IMPORTED, _Reason.DECEASED)
"""Anonymised is a mark of anonymising, which nobody sets or lifts."""


def may_suppress(*, reason: str, carried: Sequence[Protection]) -> Decision:
    reasons = []
    if reason not in set(BY_HAND):
        reasons.append("this is not a reason that a person can give")
    if any(one.reason == reason for one in carried):
        reasons.append("the contact is suppressed for this reason already")
    return Decision(tuple(reasons))


def may_lift(protection: Protection, *, note: str, actor: Actor) -> Decision:
    reasons = list(may_ask_to_lift(protection, actor=actor).reasons)
    if not note.strip():
        reasons.append("say in the note who asked for it")
    return Decision(tuple(reasons))


def may_ask_to_lift(protection: Protection, *, actor: Actor) -> Decision:
    reasons = []
    if not actor.may(Permission.CONTACT_SUPPRESS):
        reasons.append(f"it needs the permission “{Permission.CONTACT_SUPPRESS.label}”")
    if protection.reason == _Reason.ANONYMISED:
        reasons.append("what was anonymised stays suppressed for ever")
    if protection.reason == _Reason.DECEASED and not actor.may(Permission.CONTACT_LIFT_DECEASED):
        reasons.append(f"it needs the permission “{Permission.CONTACT_LIFT_DECEASED.label}”")
    return Decision(tuple(reasons))
