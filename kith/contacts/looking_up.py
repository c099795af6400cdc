"""Found by a whole identity number that one sees masked: it tells whose it is, so the trail keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kith.access.actors import Actor
from kith.contacts import trail
from kith.contacts.models import Contact
from kith.contacts.rights.levels import levels_of
from kith.contacts.rights.rules import IDENTITY, Shown
from kith.contacts.rights.sight import sight_of
from kith.contacts.search import SHORTEST_NUMBER, Shape, read

_NO_SIGN: Final = re.compile(r"[^a-z0-9]+")


def numbers_in(text: str) -> Iterator[str]:
    """What of a text in the one box may be an identity number."""
    for term in read(text).terms:
        for lexeme in (*term.beginnings, *term.wholes):
            if lexeme.startswith(Shape.IDENTITY):
                yield lexeme.removeprefix(Shape.IDENTITY)


def note(contact_ids: Sequence[int], *, numbers: Iterable[str], by: Actor, through: str) -> None:
    """Of contacts that were shown, those that have one of these numbers in a field that `by` does not see.
    Three queries where there may be any, none otherwise."""
    asked = {sign for one in numbers if len(sign := _signs(one)) >= SHORTEST_NUMBER}
    sight = sight_of(by)
    if not asked or not contact_ids or all(sight.shows(one) is Shown.SHOWN for one in IDENTITY):
        return
    rows = Contact.objects.filter(pk__in=contact_ids).values_list("pk", "kind", *IDENTITY)
    having = {
        (pk, kind): [name for name, one in zip(IDENTITY, values, strict=True) if one and _signs(one) in asked]
        for pk, kind, *values in rows
    }
    having = {one: names for one, names in having.items() if names}
    levels = levels_of([pk for pk, _ in having])
    for (pk, kind), names in having.items():
        of_one = sight.at(levels.get(pk, ""), kind=kind)
        unseen = [name for name in names if of_one.shows(name) is not Shown.SHOWN]
        if unseen:
            trail.looked_up(pk, by=by, fields=unseen, through=through)


def _signs(text: str) -> str:
    return _NO_SIGN.sub("", text.lower())
