"""Contacts collected for a grouping by hand: they live in the form until somebody confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from kith.contacts import queries
from kith.contacts.choosing import number
from kith.contacts.queries import ContactRow
from kith.grouping.intents import Group
from kith.kernel.decision import Decision


class Posted(Protocol):
    """What of a QueryDict is used here."""

    def get(self, key: str, default: str) -> str | None: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Active GroupIDs, each once."""

    opened: int
    others: tuple[int, ...]
    master: int

    @property
    def all(self) -> tuple[int, ...]:
        return self.opened, *self.others

    @property
    def intent(self) -> Group:
        return Group(master=self.master, children=tuple(one for one in self.all if one != self.master))

    def with_another(self, group_id: int) -> Collection:
        return self if group_id in self.all else replace(self, others=(*self.others, group_id))

    def without(self, group_id: int) -> Collection:
        master = self.opened if self.master == group_id else self.master
        return replace(self, others=tuple(one for one in self.others if one != group_id), master=master)

    def parameters(self) -> dict[str, int | tuple[int, ...]]:
        return {"master": self.master, "with": self.others}


def read(posted: Posted, *, opened: int) -> Collection:
    """`with` (several) and `master`. Old GroupIDs count as those they became; nonsense counts as nothing."""
    named = [group_id for text in posted.getlist("with") if (group_id := number(text))]
    chosen = number(posted.get("master", "") or "") or opened
    leads_to = queries.successors_of({*named, chosen})
    others = dict.fromkeys(leads_to[one] for one in named if leads_to.get(one, opened) != opened)
    master = leads_to.get(chosen, opened)
    return Collection(
        opened=opened, others=tuple(others), master=master if master in {opened, *others} else opened
    )


def may_add(row: ContactRow | None, *, collection: Collection, kind: str) -> Decision:
    if row is None:
        return Decision(("there is no active contact with this GroupID",))
    reasons = []
    if row.pk in collection.all:
        reasons.append("this GroupID is in the list already")
    if row.kind != kind:
        reasons.append("a person and a company are never one contact")
    return Decision(tuple(reasons))
