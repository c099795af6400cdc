"""What is kept for a time and then removed by itself; for how long, the retention rules say."""

from __future__ import annotations

from typing import Final

from kith.delivery.retaining import MESSAGES
from kith.privacy.register.retaining import WORDS
from kith.sources.retaining import IMPORT_FILES, PAST_CLAIMS

RETAINED: Final = (IMPORT_FILES, PAST_CLAIMS, MESSAGES, WORDS)
