"""How a file leaves: downloaded, never shown, never kept on the way."""

from __future__ import annotations

from typing import Final

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from kith.find.exporting import files, formats
from kith.find.exporting.models import Export

_LOCKED_DOWN: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def download(export: Export) -> StreamingHttpResponse:
    name = formats.file_name(export)
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {**_LOCKED_DOWN, "Content-Disposition": disposition, "Content-Length": str(export.size)}
    return StreamingHttpResponse(
        files.blocks_of(export), content_type=formats.media_type(export), headers=headers
    )
