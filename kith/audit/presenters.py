"""How an event reads: apart from what was stored, so that words may improve and the journal stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kith.audit.events import EVENTS
from kith.audit.models import Entry

CAPITAL = re.compile(r"(?<!^)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    user_id: int | None
    words: str
    """What was done, to read after the name."""
    details: tuple[tuple[str, str], ...]
    """Field names, counts and ids: (label, value)."""
    group_id: int | None
    subject: str
    """`user 7`; empty where the event has no one subject."""
    event: str


def line(entry: Entry) -> Line:
    return Line(
        at=entry.at,
        who=entry.actor,
        user_id=entry.user_id,
        words=words(entry.event),
        details=details(entry.detail),
        group_id=entry.group_id,
        subject=_subject(entry),
        event=entry.event,
    )


def words(event: str) -> str:
    """The sentence of a known event; of an unknown one its name: `ConsentWithdrawn`, consent withdrawn."""
    known = EVENTS.get(event)
    return known.words if known else spaced(event).lower()


def label(event: str) -> str:
    """For a list to choose from: Consent withdrawn."""
    return spaced(event).lower().capitalize()


def spaced(event: str) -> str:
    return CAPITAL.sub(" ", event)


def details(stored: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """What is empty says nothing and is left out; a mark says it to Kith only."""
    told = ((key, value) for key, value in stored.items() if key != "mark")
    shown = ((key.replace("_", " "), _value(value)) for key, value in told)
    return tuple((key, value) for key, value in shown if value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(part)}" for key, part in value.items())
    return "" if value is None else str(value)


def _subject(entry: Entry) -> str:
    if entry.subject_id is None or entry.subject_id == entry.group_id:
        return ""
    return f"{entry.subject_type.replace('_', ' ')} {entry.subject_id}"
