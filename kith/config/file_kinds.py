"""What files can hold beside contacts and transactions."""

from __future__ import annotations

from typing import Final

from kith.accounts.intake import accounts, items, postings

KINDS: Final = (accounts.KIND, postings.KIND, items.KIND)
