"""Who may suppress a contact, and who may take that back (A9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Suppression
from kith.contacts.standing import Protection
from kith.kernel.decision import Decision

_Reason: Final = Suppression.Reason
BY_HAND: Final = (
    _Reason.MANUAL,
    _Reason.OPT_OUT,
    _Reason.BOUNCED,
    _Reason.IMPORTED,
    _Reason.RESTRICTED,
    _Reason.DECEASED,
)
"""Anonymised is a mark of anonymising, which nobody sets or lifts."""
MAY_END: Final = frozenset({_Reason.MANUAL, _Reason.BOUNCED, _Reason.IMPORTED})
"""Who said no, said so until they say something else; the dead stay dead; of a restriction the person is told
before it ends."""
OF_PERSONS: Final = frozenset({_Reason.RESTRICTED, _Reason.DECEASED})
"""Of every channel, and of no e-mail or phone by itself."""
OF_VALUES: Final = tuple(one for one in BY_HAND if one not in OF_PERSONS)


def may_suppress(
    *,
    reason: str,
    carried: Sequence[Protection],
    scope: str = Suppression.Scope.ALL,
    deceased_on: date | None = None,
    ends_on: date | None = None,
    today: date | None = None,
) -> Decision:
    reasons = list(may_end(reason=reason, ends_on=ends_on, today=today).reasons)
    if reason not in set(BY_HAND):
        reasons.append("this is not a reason that a person can give")
    if any(one.reason == reason and one.scope in {scope, Suppression.Scope.ALL} for one in carried):
        reasons.append("the contact is suppressed for this reason already")
    if reason in OF_PERSONS and scope != Suppression.Scope.ALL:
        reasons.append("what has this reason forbids every channel")
    if deceased_on is not None and reason != _Reason.DECEASED:
        reasons.append("only the deceased have a day of death")
    if deceased_on is not None and today is not None and deceased_on > today:
        reasons.append("the day of death lies in the future")
    return Decision(tuple(reasons))


def may_end(*, reason: str, ends_on: date | None, today: date | None) -> Decision:
    reasons = []
    if ends_on is not None and reason not in MAY_END:
        reasons.append("what has this reason holds until somebody unflags it")
    if ends_on is not None and today is not None and ends_on < today:
        reasons.append("its last day is over")
    return Decision(tuple(reasons))


def may_suppress_value(
    *, reason: str, is_there: bool, ends_on: date | None = None, today: date | None = None
) -> Decision:
    reasons = list(may_end(reason=reason, ends_on=ends_on, today=today).reasons)
    if reason not in set(OF_VALUES):
        reasons.append("this is no reason for an e-mail or a phone")
    if is_there:
        reasons.append("it is suppressed for this reason already")
    return Decision(tuple(reasons))


def may_lift(protection: Protection, *, note: str, person_told: bool, actor: Actor) -> Decision:
    """`person_told`: whoever lifts it says that the person knows (Art. 18 (3) of the GDPR)."""
    reasons = list(may_ask_to_lift(protection, actor=actor).reasons)
    if not note.strip():
        reasons.append("say in the note who asked for it")
    if protection.reason == _Reason.RESTRICTED and not person_told:
        reasons.append("tell the person first that the restriction is lifted, and confirm that you did")
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
