"""What makes an installation this one, beside database and files: its keys, its ledger, the journal's heads.

The master key is none of them: whoever has the file and the master key has everything.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from kith.kernel import proof_keys, secret_files
from kith.kernel.errors import Refused
from kith.privacy import ledger

SECRETS: Final = "secrets"
LEDGER: Final = "ledger"
HEADS: Final = "journal-heads"
_BLOCK_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Secrets:
    secret_key: str
    tombstone_key: str
    proof_key: str

    def content(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def of(cls, content: bytes) -> Secrets:
        return cls(**json.loads(content))


@dataclass(frozen=True, slots=True)
class _Kept:
    file: str
    variable: str
    must_be_the_same: bool
    """Without it nobody who was erased is known again, resp. nothing that was signed holds."""


_KEPT: Final = {
    "secret_key": _Kept("secret-key", "KITH_SECRET_KEY", must_be_the_same=False),
    "tombstone_key": _Kept("tombstone-key", "KITH_TOMBSTONE_KEY", must_be_the_same=True),
    "proof_key": _Kept("proof-key", "KITH_PROOF_KEY", must_be_the_same=True),
}


def entries() -> Iterator[tuple[str, Iterator[bytes]]]:
    yield SECRETS, iter([_here().content()])
    for name, path in ((LEDGER, ledger.path()), (HEADS, Path(settings.JOURNAL_HEADS))):
        if path.exists():
            yield name, blocks_of(path)


def blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def hold_to_variables(secrets: Secrets) -> None:
    """A key that a variable gives cannot be laid down: it has to be the right one."""
    given = {name for name, kept in _KEPT.items() if not (Path(settings.HOME) / kept.file).exists()}
    _require_same(secrets, given)


def hold_to_backup(secrets: Secrets) -> None:
    """Once they were laid down, the keys in force are those."""
    _require_same(secrets, _KEPT.keys())


def _require_same(secrets: Secrets, names: Collection[str]) -> None:
    here, of_backup = asdict(_here()), asdict(secrets)
    for name in names:
        if _KEPT[name].must_be_the_same and here[name] != of_backup[name]:
            raise Refused(
                f"{_KEPT[name].variable} is not the one of this backup: set the one it was made with."
            )


def lay_down(secrets: Secrets) -> None:
    """In force from the next process on."""
    for name, text in asdict(secrets).items():
        path = Path(settings.HOME) / _KEPT[name].file
        if path.exists():
            secret_files.rewritten(path, text)


def lay_down_beside(path: Path, content: bytes) -> None:
    """Where there is none yet."""
    secret_files.written_once(path, content.decode("ascii"))


def lay_down_ledger(content: bytes) -> None:
    """Whoever calls knows that it holds all of the one that is there."""
    secret_files.rewritten(ledger.path(), content.decode("ascii"))


def use_proof_key(secrets: Secrets) -> None:
    """In this process, to look whether a ledger holds before anything is laid down."""
    proof_keys.hold(secrets.proof_key)


def _here() -> Secrets:
    return Secrets(settings.SECRET_KEY, settings.TOMBSTONE_KEY, proof_keys.text())
