"""What the stewardship settings say."""

from __future__ import annotations

from kith.stewardship.models import StewardshipSettings


def settings_in_force() -> StewardshipSettings:
    return StewardshipSettings.objects.filter(pk=1).first() or StewardshipSettings()


def edits_wait() -> bool:
    """Golden values that people type are applied by the overnight run (`KITH_EDITS_WAIT`)."""
    return settings_in_force().edits_wait
