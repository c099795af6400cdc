"""A restore that was begun and has not ended: until it has, nothing else may work on this data.

The file in the data folder says what is restored, for `kith restore --resume`; the table tells other machines
that work on the same database.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from kith.kernel import secret_files

NAME: Final = "restoring"
SENTENCE: Final = (
    "A backup is being restored here, and whoever was anonymised since is not erased again yet."
    " Finish it first: kith restore --resume"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    file: str
    keys: str
    """The backup whose keys part is used."""
    ledger: str
    """'' for the one in that keys part."""
    has_keys: bool = False
    """Whether the installation's keys were laid down."""


def is_there(home: Path) -> bool:
    return (home / NAME).exists()


def read(home: Path) -> Restoring:
    return Restoring(**json.loads((home / NAME).read_text(encoding="ascii")))


def write(home: Path, restoring: Restoring) -> None:
    secret_files.rewritten(home / NAME, json.dumps(asdict(restoring)))


def remove(home: Path) -> None:
    (home / NAME).unlink(missing_ok=True)
