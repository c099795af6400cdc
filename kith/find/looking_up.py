"""Whom a search by a whole identity number showed."""

from __future__ import annotations

from collections.abc import Sequence

from kith.access.actors import Actor
from kith.contacts import looking_up
from kith.contacts.criteria import Criterion
from kith.find.searches import TEXT, Search


def note(search: Search, contact_ids: Sequence[int], *, by: Actor, through: str = "search") -> None:
    values = search.values
    asked = list(looking_up.numbers_in(values[TEXT].text)) if TEXT in values else []
    number = values.get(Criterion.IDENTITY_NUMBER.value)
    if number is not None:
        asked.append(number.text)
    looking_up.note(contact_ids, numbers=asked, by=by, through=through)
