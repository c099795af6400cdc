"""What the worker and the schedule know: one place registers it with procrastinate."""

from __future__ import annotations

from procrastinate import App


def ready(app: App) -> None:
    """Called by procrastinate once its app exists; task modules register themselves on import."""
