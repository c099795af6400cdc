"""The reports that wait to be fetched, in the store, each sealed under a key of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from kith.attachments.store import Missing, new_key, store
from kith.kernel.errors import NotFound
from kith.privacy.information.models import InformationLink
from kith.vault.own_key import OwnKey
from kith.vault.sealing import NotOpened


@dataclass(frozen=True, slots=True)
class Laid:
    file_key: str
    sealed_key: bytes


def lay_down(body: bytes, *, uid: UUID) -> Laid:
    """Whole and durable when it returns. If its row is never committed, it is swept the next night."""
    file_key, key = new_key(), OwnKey.new(_key_of(uid))
    store().put(file_key, key.seal_blocks([body], _context(uid, file_key)))
    return Laid(file_key, key.sealed)


def body_of(link: InformationLink) -> bytes:
    """Whole and as it was sealed."""
    try:
        key = OwnKey.read(bytes(link.sealed_key or b""), _key_of(link.uid))
        sealed = store().blocks(link.file_key)
        return b"".join(key.open_blocks(sealed, _context(link.uid, link.file_key)))
    except (Missing, NotOpened):
        raise NotFound("The report was lost. Ask for a new link.") from None


def remove(file_key: str) -> None:
    store().remove(file_key)


def named(keys: Collection[str]) -> set[str]:
    """Those of these files of the store that wait to be fetched: they are not swept."""
    return set(InformationLink.objects.filter(file_key__in=keys).values_list("file_key", flat=True))


def _context(uid: UUID, file_key: str) -> str:
    return f"kith report {uid} {file_key}"


def _key_of(uid: UUID) -> str:
    return f"key of report {uid}"
