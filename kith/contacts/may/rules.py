"""The table of standing: what forbids what. Pure; `asking` says the same to the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
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
    """Channels that a suppression forbids; `all` for each of them. A restriction is none of these."""
    restricted_since: date | None
    """Its processing is restricted (Art. 18 of the GDPR)."""
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
    """With a place for the day since when it is restricted."""
    speaks_of: Callable[[Ask], bool]
    forbids: Callable[[Facts, Ask], bool]


def _is_suppressed(facts: Facts, ask: Ask) -> bool:
    """Of whoever is selected, any suppression counts: nobody knows yet by which channel."""
    if ask.channel is None:
        return bool(facts.suppressed)
    return bool(facts.suppressed & {ALL, ask.channel.value})


RESTRICTED_SENTENCE: Final = (
    "its processing has been restricted since {0.day} {0:%b %Y}: "
    "a privacy officer lifts it under Suppressions"
)


def is_use(ask: Ask) -> bool:
    """What a restriction forbids: all but storing, grouping and what the law demands (Art. 18 (2))."""
    return ask.act is not Act.GROUP and ask.message is not Message.CRITICAL


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
        code="restricted",
        sentence=RESTRICTED_SENTENCE,
        speaks_of=is_use,
        forbids=lambda facts, ask: facts.restricted_since is not None,
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
"""In the order of X5. A critical message skips only the last one, for it is no marketing; and a restriction,
which is no suppression: what the law demands is what it leaves (ADR 17).
"""


def may_we(facts: Facts, ask: Ask) -> Decision:
    """All reasons, in their order."""
    forbidding = [rule for rule in RULES if rule.speaks_of(ask) and rule.forbids(facts, ask)]
    return Decision(tuple(rule.sentence.format(facts.restricted_since) for rule in forbidding))
