"""What persons wrote in their requests: kept as long as the retention rules say."""

from __future__ import annotations

from typing import Final

from kith.kernel.retaining import Retained
from kith.privacy.register import actions
from kith.privacy.register.queries import old_words

WORDS: Final = Retained(
    key="request_words",
    label="Words of requests",
    since="the request was closed",
    days=365,
    older=lambda before: old_words(before=before).count(),
    removes=lambda before: actions.forget_old_words(before=before),
)
