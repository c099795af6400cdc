"""Relations go when one of the two contacts goes."""

from __future__ import annotations

from typing import Final

from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.relations.actions import forget_relations
from kith.relations.queries import relations_on


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("relations", relations_on(leaving.record_ids)),)


def _deletes(leaving: Leaving) -> None:
    forget_relations(record_ids=leaving.record_ids)


DELETED_WITH: Final = DeletedWith(room="relations", goes=_goes, deletes=_deletes)
