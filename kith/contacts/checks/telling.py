"""Of a clash each is told what they may find out by a search: who has a value that they see; who has a whole
identity number that they see masked, which the contact's trail keeps; of anything else that somebody has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from typing import Final, ParamSpec, TypeVar, cast

from kith.access.actors import Actor
from kith.contacts import trail
from kith.contacts.checks.unique import Clash, NotUnique
from kith.contacts.models import Contact
from kith.contacts.rights.levels import levels_of
from kith.contacts.rights.rules import IDENTITY, Shown, Sight
from kith.contacts.rights.sight import sight_of

THROUGH: Final = "clash"
Given = ParamSpec("Given")
Made = TypeVar("Made")


def clashes_told(action: Callable[Given, Made]) -> Callable[Given, Made]:
    """Around the transaction, which a refusal takes back: that somebody learned it stays."""

    @wraps(action)
    def acting(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        try:
            return action(*args, **kwargs)
        except NotUnique as refused:
            raise _told(refused, actor=cast(Actor, kwargs["actor"])) from None

    return acting


def _told(refused: NotUnique, *, actor: Actor) -> NotUnique:
    sights = _sights([one.contact_id for one in refused.clashes], actor=actor)
    kept = {one.contact_id: _unseen(one, sights.get(one.contact_id)) for one in refused.clashes}
    if not any(kept.values()):
        return refused
    named = [one for one in refused.clashes if may_be_named(one, sights.get(one.contact_id))]
    others = [one.words for one in refused.clashes if one not in named]
    told = NotUnique(named, others=tuple(dict.fromkeys(others)))
    told.keep = partial(_keep, kept, by=actor)
    told.keep()
    return told


def may_be_named(clash: Clash, sight: Sight | None) -> bool:
    if sight is None:
        return False
    masked = {one for one in clash.fields if sight.shows(one) is Shown.MASKED}
    hidden = any(sight.shows(one) is Shown.HIDDEN for one in clash.fields)
    return not hidden and masked <= set(IDENTITY) and not masked & clash.guessable


def _unseen(clash: Clash, sight: Sight | None) -> tuple[str, ...]:
    return tuple(one for one in clash.fields if sight is None or sight.shows(one) is not Shown.SHOWN)


def _keep(fields: Mapping[int, tuple[str, ...]], *, by: Actor) -> None:
    for contact_id, unseen in fields.items():
        if unseen:
            trail.looked_up(contact_id, by=by, fields=unseen, through=THROUGH)


def _sights(contact_ids: Iterable[int], *, actor: Actor) -> dict[int, Sight]:
    ids, sight = list(contact_ids), sight_of(actor)
    levels = levels_of(ids)
    kinds = Contact.objects.filter(pk__in=ids).values_list("pk", "kind")
    return {pk: sight.at(levels[pk], kind=kind) for pk, kind in kinds if pk in levels}
