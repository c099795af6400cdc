from __future__ import annotations

from django.http import HttpResponse

from kith.printouts.formats import File


def answer_of(file: File) -> HttpResponse:
    """Downloaded, never shown in a page of Kith, kept by no cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(file.body, content_type=file.media_type, headers=headers)
