"""Files of the store that are no attachments: not swept while somebody names them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from kith.find.exporting import files as exports
from kith.privacy.information import files as information

NAMED: Final[tuple[Callable[[Collection[str]], set[str]], ...]] = (exports.named, information.named)
