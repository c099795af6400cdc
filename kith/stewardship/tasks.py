"""Where the job queue looks for this room's tasks."""

from __future__ import annotations

from kith.stewardship.review.tasks import answer_batch, undo_batch

__all__ = ["answer_batch", "undo_batch"]
