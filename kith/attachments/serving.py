"""How files leave Kith: only Kith's own drawings are shown in a page, all else is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from kith.attachments import stored
from kith.attachments.kinds import kind_of_type
from kith.attachments.models import StoredFile
from kith.attachments.store import Missing
from kith.kernel.errors import NotFound, Refused
from kith.vault.sealing import Destroyed, NotOpened

_LOCKED_DOWN: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Also for what is harmless: a browser's idea of that changes."""


def download(file: StoredFile, *, name: str) -> StreamingHttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {**_LOCKED_DOWN, "Content-Disposition": disposition, "Content-Length": str(file.size)}
    blocks = _found(lambda: stored.opened(file))
    return StreamingHttpResponse(
        blocks, content_type=kind_of_type(file.media_type).served_as, headers=headers
    )


def preview(file: StoredFile) -> StreamingHttpResponse:
    if not file.preview_key:
        raise NotFound("This file has no preview.")
    blocks = _found(lambda: stored.opened_preview(file))
    return StreamingHttpResponse(blocks, content_type=file.preview_type, headers=_LOCKED_DOWN)


def picture(file: StoredFile) -> StreamingHttpResponse:
    """One that Kith drew itself: a photo."""
    blocks = _found(lambda: stored.opened(file))
    return StreamingHttpResponse(blocks, content_type=file.media_type, headers=_LOCKED_DOWN)


def _found(read: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    try:
        return read()
    except (Missing, Destroyed):
        raise NotFound("This file is not there any more.") from None
    except NotOpened:
        raise Refused(
            "This file was damaged in the store, or is not the one it should be. Tell your administrator."
        ) from None
