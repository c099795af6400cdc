"""Who is measured, Kith included. A peer's own module is imported only when it is asked to resolve."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import pyarrow as pa

from bench.peers.peer import Peer, Resolved

KITH: Final = "Kith"
TUNED: Final = "Splink 5, tuned"
UNLIMITED: Final = 1 << 40


@dataclass(frozen=True, slots=True)
class _Lazily:
    module: str
    function: str

    def __call__(self, records: pa.Table, truth: pa.Table) -> Resolved:
        resolved: Resolved = getattr(importlib.import_module(self.module), self.function)(records, truth)
        return resolved


PEERS: Final = (
    Peer(name=KITH, package="kith-hub", resolve=_Lazily("bench.engine", "resolve"), largest=UNLIMITED),
    Peer(
        name="Splink 5, as tutorials", package="splink", largest=UNLIMITED,
        resolve=_Lazily("bench.peers.splink_peer", "resolve_as_tutorials"),
    ),
    Peer(
        name=TUNED, package="splink", largest=UNLIMITED,
        resolve=_Lazily("bench.peers.splink_peer", "resolve_tuned"),
    ),
    Peer(
        name="recordlinkage, ECM", package="recordlinkage", largest=100_000,
        resolve=_Lazily("bench.peers.recordlinkage_peer", "resolve"),
    ),
    Peer(
        name="GoldenMatch, zero-config", package="goldenmatch", largest=100_000,
        resolve=_Lazily("bench.peers.goldenmatch_peer", "resolve_by_itself"),
    ),
    Peer(
        name="GoldenMatch, configured", package="goldenmatch", largest=100_000,
        resolve=_Lazily("bench.peers.goldenmatch_peer", "resolve_configured"),
    ),
    Peer(
        name="dedupe, 750 labels", package="dedupe", largest=2_000,
        resolve=_Lazily("bench.peers.dedupe_peer", "resolve"),
        note="labels drawn from the truth it is measured by",
    ),
)  # fmt: skip


def peer(name: str) -> Peer:
    return next(peer for peer in PEERS if peer.name == name)


def installed(peer: Peer) -> str | None:
    """Its version; None when it is not there."""
    try:
        return version(peer.package)
    except PackageNotFoundError:
        return None
