"""Which keys vouch for the journal."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kith.kernel import proof_keys

LABEL: Final = "journal"
_NAMES: Final = "journal names"


def names_key() -> bytes:
    """Of the oldest version, always: a leaf does not change when the proof key does."""
    return proof_keys.mac_key(_NAMES, version=proof_keys.versions()[0])


def public_key(version: int) -> bytes:
    """32 bytes, by which anybody verifies a head."""
    return (
        proof_keys.signing_key(LABEL, version=version)
        .public_key()
        .public_bytes(Encoding.Raw, PublicFormat.Raw)
    )


def installation() -> str:
    """Tells heads of one Kith from those of another."""
    return hashlib.sha256(public_key(proof_keys.versions()[0])).hexdigest()[:16]
