"""The reports that wait to be fetched, in the store, each sealed under a key of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from kith.attachments.store import Missing, new_key, store
from kith.kernel.errors import NotFound
from kith.privacy.information.models import InformationLink
from kith.vault import cipher
from kith.vault.sealing import INSTALLATION, NotOpened, open_, seal


@dataclass(frozen=True, slots=True)
class Laid:
    file_key: str
    sealed_key: bytes


def lay_down(body: bytes, *, uid: UUID) -> Laid:
    """Whole and durable when it returns. If its row is never committed, it is swept the next night."""
    file_key, key = new_key(), cipher.new_key()
    store().put(file_key, cipher.seal_stream(key, [body], context=_context(uid, file_key)))
    return Laid(file_key, seal(INSTALLATION, key, _of_key(uid)))


def body_of(link: InformationLink) -> bytes:
    """Whole and as it was sealed."""
    try:
        key = open_(INSTALLATION, bytes(link.sealed_key or b""), _of_key(link.uid))
        sealed = store().blocks(link.file_key)
        return b"".join(cipher.open_stream(key, sealed, context=_context(link.uid, link.file_key)))
    except (Missing, NotOpened):
        raise NotFound("The report was lost. Ask for a new link.") from None


def remove(file_key: str) -> None:
    store().remove(file_key)


def named(keys: Collection[str]) -> set[str]:
    """Those of these files of the store that wait to be fetched: they are not swept."""
    return set(InformationLink.objects.filter(file_key__in=keys).values_list("file_key", flat=True))


def _context(uid: UUID, file_key: str) -> bytes:
    return f"kith report {uid} {file_key}".encode()


def _of_key(uid: UUID) -> str:
    return f"key of report {uid}"
