"""What was asked to be e-mailed goes with its contact; one that waits is not sent."""

from __future__ import annotations

from typing import Final

from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.printouts.actions import forget_sendings
from kith.printouts.queries import waiting_on


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    return (Going("printouts waiting to be e-mailed", waiting_on(leaving.record_ids)),)


def _deletes(leaving: Leaving) -> None:
    forget_sendings(record_ids=leaving.record_ids)


DELETED_WITH: Final = DeletedWith(room="printouts", goes=_goes, deletes=_deletes)
