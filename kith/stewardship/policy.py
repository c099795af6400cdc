"""What the stewardship settings say."""

from __future__ import annotations

from kith.grouping.intents import Intent, KeepApart, Undo
from kith.stewardship.involved import crosses
from kith.stewardship.models import Request, StewardshipSettings


def settings_in_force() -> StewardshipSettings:
    return StewardshipSettings.objects.filter(pk=1).first() or StewardshipSettings()


def edits_wait() -> bool:
    """Golden values that people type are applied by the overnight run (`KITH_EDITS_WAIT`)."""
    return settings_in_force().edits_wait


def changes_wait() -> bool:
    """What is asked of contacts is done by the overnight run (`KITH_CHANGES_WAIT`)."""
    return settings_in_force().changes_wait


def must_wait(intent: Intent) -> Request.State | None:
    """What asking for it would make of it; None: it would be done at once."""
    settings = settings_in_force()
    if settings.second_reviewer and crosses(intent):
        return Request.State.AWAITING_SECOND
    if settings.changes_wait and not isinstance(intent, KeepApart | Undo):
        return Request.State.QUEUED
    return None
