"""The table of standing: what forbids what. Pure; `asking` says the same to the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.kernel.decision import Decision


class Act(StrEnum):
    SELECT = "select"
    """Into an audience: a segment, a list to write to."""
    CONTACT = "contact"
    CHANGE = "change"
    TRADE = "trade"
    GROUP = "group"


class Channel(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    POST = "post"


class Message(StrEnum):
    MARKETING = "marketing"
    AFFILIATE = "affiliate"
    """Marketing for somebody else."""
    SERVICE = "service"
    CRITICAL = "critical"
    """The law asks for it, or something must not wait: a recall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    act: Act
    channel: Channel | None = None
    message: Message | None = None

    def __post_init__(self) -> None:
        if self.act is Act.CONTACT and (self.channel is None or self.message is None):
            raise ValueError("to contact is by a channel, and for a purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the rules may know. Nothing has a default: whoever forgets one does not get an answer."""

    is_active: bool
    """False of a GroupID that is retired, anonymised, or not there."""
    is_anonymised: bool
    is_deceased: bool
    suppressed: frozenset[str]
    """Channels that a suppression forbids; `all` for each of them."""
    consent_forbids: bool
    """What the person's consent forbids (a later feature); True where nothing is known of it."""
    opted_out: frozenset[Message]
    """Of marketing and of affiliate marketing, those the person refused."""


ALL: Final = "all"
_WRITES: Final = frozenset({Act.SELECT, Act.CONTACT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    code: str
    sentence: str
    speaks_of: Callable[[Ask], bool]
    forbids: Callable[[Facts, Ask], bool]


def _is_suppressed(facts: Facts, ask: Ask) -> bool:
    """Of whoever is selected, any suppression counts: nobody knows yet by which channel."""
    if ask.channel is None:
        return bool(facts.suppressed)
    return bool(facts.suppressed & {ALL, ask.channel.value})


RULES: Final = (
    Rule(
        code="anonymised",
        sentence="it was anonymised",
        speaks_of=lambda ask: True,
        forbids=lambda facts, ask: facts.is_anonymised,
    ),
    Rule(
        code="gone",
        sentence="this GroupID is retired, or was never given",
        speaks_of=lambda ask: True,
        forbids=lambda facts, ask: not facts.is_active and not facts.is_anonymised,
    ),
    Rule(
        code="deceased",
        sentence="the person is deceased",
        speaks_of=lambda ask: ask.act in _WRITES or ask.act is Act.TRADE,
        forbids=lambda facts, ask: facts.is_deceased,
    ),
    Rule(
        code="suppressed",
        sentence="it is suppressed",
        speaks_of=lambda ask: ask.act in _WRITES,
        forbids=_is_suppressed,
    ),
    Rule(
        code="consent",
        sentence="its consent does not allow it",
        speaks_of=lambda ask: ask.act in _WRITES,
        forbids=lambda facts, ask: facts.consent_forbids,
    ),
    Rule(
        code="opted_out",
        sentence="it does not want marketing",
        speaks_of=lambda ask: ask.message in {Message.MARKETING, Message.AFFILIATE},
        forbids=lambda facts, ask: ask.message in facts.opted_out,
    ),
)
"""In the order of X5. A critical message skips only the last one, for it is no marketing."""


def may_we(facts: Facts, ask: Ask) -> Decision:
    """All reasons, in their order."""
    return Decision(
        tuple(rule.sentence for rule in RULES if rule.speaks_of(ask) and rule.forbids(facts, ask))
    )
