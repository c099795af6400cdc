"""What may be taken back: pure."""

from __future__ import annotations

from typing import Final

from kith.kernel.decision import Decision
from kith.sources.models import Import

_ENDED: Final = frozenset({Import.State.DONE, Import.State.FAILED, Import.State.CANCELLED})


def may_undo(job: Import, *, is_at_work: bool = False) -> Decision:
    """`is_at_work`: an import of the source, or the taking back of one, is under way."""
    reasons = []
    if not job.is_of_typed_contacts:
        reasons.append("only an import of contacts into Kith's own source can be taken back")
    elif job.state not in _ENDED:
        reasons.append("the import has not ended yet")
    elif not job.new_count + job.changed_count:
        reasons.append("it created and updated nothing")
    elif job.undo_asked_at is not None and job.undone_at is None and is_at_work:
        reasons.append("it is being taken back already")
    elif job.undone_at is not None and not job.undo_kept:
        reasons.append("it was taken back as a whole")
    return Decision(tuple(reasons))
