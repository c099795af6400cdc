"""Messages of webhooks: kept as long as the retention rules say."""

from __future__ import annotations

from typing import Final

from kith.delivery import actions
from kith.delivery.queries import old_events
from kith.kernel.retaining import Retained

MESSAGES: Final = Retained(
    key="webhook_messages",
    label="Messages of webhooks",
    since="what they tell happened",
    days=30,
    older=lambda before: old_events(before=before).count(),
    removes=lambda before: actions.remove_old_events(before=before),
)
