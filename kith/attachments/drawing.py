"""Draws what a browser may show of a file: a program of its own, started by `previews`, that imports nothing
of Kith, opens no connection and may use only so much time and memory. In: the file. Out: a PNG or a JPEG.

Images are drawn anew, so that nothing but pixels is left (no place where a photo was taken, no script in an
odd corner); of a PDF the first page is drawn by Typst.
"""

from __future__ import annotations

import resource
import sys
import warnings
from io import BytesIO
from typing import Final

SECONDS: Final = 20
_MEMORY: Final = 4 * 1024**3
_MOST_PIXELS: Final = 80_000_000
_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "HEIF")
_PREVIEW_SIDE: Final = 1600
_PHOTO_SIDE: Final = 512
_FIRST_PAGE: Final = b"""
#set page(width: auto, height: auto, margin: 0pt)
#image(read("/dev/stdin", encoding: none), format: "pdf", page: 1, width: 620pt)
"""


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def first_page() -> bytes:
    import typst

    drawn = typst.Compiler(root="/").compile(_FIRST_PAGE, format="png", ppi=144.0)
    assert isinstance(drawn, bytes)
    return drawn


def image(content: bytes, *, side: int) -> bytes:
    from pi_heif import register_heif_opener
    from PIL import Image, ImageOps

    register_heif_opener()
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    with Image.open(BytesIO(content), formats=_FORMATS) as opened:
        opened.draft("RGB", (side, side))
        turned = ImageOps.exif_transpose(opened)
        turned.thumbnail((side, side))
        has_alpha = turned.has_transparency_data
        plain = turned.convert("RGBA" if has_alpha else "RGB")
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    out = BytesIO()
    if has_alpha:
        fresh.save(out, "PNG", optimize=True)
    else:
        fresh.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def main(what: str) -> None:
    warnings.simplefilter("error")
    _limit()
    if what == "pdf":
        drawn = first_page()
    else:
        drawn = image(sys.stdin.buffer.read(), side=_PHOTO_SIDE if what == "photo" else _PREVIEW_SIDE)
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main(sys.argv[1])
