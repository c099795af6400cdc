"""What an entry of the attachments library is used as, beside attachments (KITH_LIBRARY_USES)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kith.printouts.branding import used_as_logo

USES: Final[tuple[Callable[[int], str], ...]] = (used_as_logo,)
