from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A plain file."""

    path: Path

    def open(self) -> BinaryIO:
        return self.path.open("rb")
