"""When a request has to be answered, and what may be done with it now. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dateutil.relativedelta import relativedelta

from kith.kernel.decision import Decision
from kith.privacy.register.models import Kind, PersonRequest

State = PersonRequest.State
MOST_MONTHS: Final = 2
"""Further ones, where a request is complex or there are many (Art. 12 (3))."""
RESTRICTS: Final = frozenset({Kind.RESTRICTION, Kind.RECTIFICATION, Kind.OBJECTION})
"""Kinds of requests because of which processing is restricted."""
NOT_IDENTIFIED: Final = "it was not checked yet whether the person is who they say they are"

NOT_ERASED: Final = "the anonymisation that was ordered for it is not done and proved yet"
NOT_ORDERED: Final = (
    "the contact is not anonymised: order it, or refuse what the person asked for and say why"
)
NOT_RESTRICTED: Final = (
    "the processing of the contact is not restricted: restrict it, or refuse what the person asked for and"
    " say why"
)


class Step(StrEnum):
    TAKE = "take"
    ASSIGN = "assign"
    ATTACH = "attach"
    IDENTIFY = "identify"
    WORK = "work"
    EXTEND = "extend"
    ERASE = "erase"
    RESTRICT = "restrict"
    ANSWER = "answer"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Of one request, what the rules ask for."""

    kind: str
    state: str
    is_extended: bool
    has_contact: bool
    is_identified: bool
    has_erasure: bool
    """Ordered, and not cancelled."""
    is_being_erased: bool
    """What was ordered has begun, or is done: nobody stops it any more."""
    is_erased: bool
    """The contact was anonymised, for this request or otherwise, and what was ordered is proved."""
    is_restricted: bool
    """The processing of the contact is."""


ERASED_ALREADY: Final = "anonymising was ordered for it and has begun: close it as answered"


def due_after(received_on: date, *, months: int = 1) -> date:
    """The same day of a later month; its last day where that is shorter: 31 January ▸ 28 or 29 February."""
    due: date = received_on + relativedelta(months=months)
    return due


def may(step: Step, stand: Stand) -> Decision:
    if stand.state not in PersonRequest.OPEN:
        return Decision(("it is closed already",))
    return Decision(tuple(_reasons(step, stand)))


def _reasons(step: Step, stand: Stand) -> list[str]:
    match step:
        case Step.IDENTIFY if stand.is_identified:
            return ["the identity was checked already"]
        case Step.ATTACH if stand.is_identified and stand.has_contact:
            return ["the identity was checked against the contact that is attached"]
        case Step.WORK if stand.state == State.IN_WORK:
            return ["it is in work already"]
        case Step.WORK | Step.ANSWER if not stand.is_identified:
            return [NOT_IDENTIFIED]
        case Step.EXTEND if stand.is_extended:
            return ["it was extended already, and that is possible only once"]
        case Step.ERASE:
            return _against_erasing(stand)
        case Step.REFUSE | Step.WITHDRAW if stand.is_being_erased:
            return [ERASED_ALREADY]
        case Step.RESTRICT:
            return _against_restricting(stand)
        case Step.ANSWER if stand.kind == Kind.ERASURE and stand.has_contact and not stand.is_erased:
            return [NOT_ERASED if stand.has_erasure else NOT_ORDERED]
        case Step.ANSWER if stand.kind == Kind.RESTRICTION and stand.has_contact and not stand.is_restricted:
            return [NOT_RESTRICTED]
    return []


def _against_erasing(stand: Stand) -> list[str]:
    reasons = []
    if stand.kind != Kind.ERASURE:
        reasons.append("the person did not ask for erasure")
    if not stand.is_identified:
        reasons.append(NOT_IDENTIFIED)
    if not stand.has_contact:
        reasons.append("no contact is attached")
    if stand.has_erasure:
        reasons.append("anonymising was ordered for it already")
    return reasons


def _against_restricting(stand: Stand) -> list[str]:
    """Also while what the person wants corrected, or objects to, is looked into (Art. 18 (1) (a) and (d))."""
    reasons = []
    if stand.kind not in RESTRICTS:
        reasons.append("the person asked for something else")
    if not stand.is_identified:
        reasons.append(NOT_IDENTIFIED)
    if not stand.has_contact:
        reasons.append("no contact is attached")
    if stand.is_restricted:
        reasons.append("the processing of the contact is restricted already")
    return reasons
