"""Two edits of one contact at once: what it is now, beside what was sent."""

from __future__ import annotations

from collections.abc import Iterator

from kith.access.actors import Actor
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import sight_at, unseen
from kith.golden import overrides
from kith.golden.editing.actions import Outdated
from kith.golden.editing.edit import ContactEdit
from kith.golden.rows import single_as_typed
from kith.web.api import Reason


def both_values(group_id: int, edit: ContactEdit, outdated: Outdated, *, actor: Actor) -> list[Reason]:
    """As far as this actor sees them."""
    contact = unseen(queries.opened(group_id, actor=actor))
    sight = sight_at(contact, actor=actor)
    reasons = []
    for name in outdated.fields:
        for place, now, sent in _values(contact, edit, name):
            words = f"It is {_quoted(sight.of(place, now))} now, and {_quoted(sent)} was sent."
            reasons.append(Reason(field=place, sentence=words))
    return reasons


def _values(contact: Contact, edit: ContactEdit, name: str) -> Iterator[tuple[str, str, str]]:
    """Place, what it is now, and what was sent."""
    if edit.rows.get(name):
        sent = "; ".join(" ".join([one.doing, *filter(None, one.parts.values())]) for one in edit.rows[name])
        yield name, overrides.words_now(contact, name), sent
        return
    for place, text in edit.single.items():
        if place == name or (name == "custom" and place.startswith("custom.")):
            yield place, _now(contact, place), text or ""


def _now(contact: Contact, place: str) -> str:
    if place.startswith("custom."):
        return single_as_typed(contact, place).get(place, "")
    return str(getattr(contact, place) or "")


def _quoted(text: str) -> str:
    return f"“{text}”" if text else "nothing"
