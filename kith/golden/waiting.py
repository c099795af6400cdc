"""Whether edits of golden values wait for the overnight run, as the setting KITH_EDITS_WAIT answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string


def edits_wait() -> bool:
    ask = cast(Callable[[], bool], import_string(settings.KITH_EDITS_WAIT))
    return ask()


def never() -> bool:
    """What an installation does that has no such setting."""
    return False
