"""Files to attach, made here."""

from __future__ import annotations

import zipfile
from base64 import b64decode
from functools import cache
from io import BytesIO

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kith.attachments.actions import GivenFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@cache
def pdf() -> bytes:
    made = typst.compile(b"= Agreement\nBetween two parties.")
    assert isinstance(made, bytes)
    return made


@cache
def image(kind: str = "PNG", *, side: int = 2000, mode: str = "RGB") -> bytes:
    out = BytesIO()
    Image.new(mode, (side, side // 2), "teal" if mode == "RGB" else (10, 90, 80, 128)).save(out, kind)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A JPEG that says where it was taken, and that it is to be turned."""
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "SECRET GARDEN"
    Image.new("RGB", (640, 320), "gold").save(out, "JPEG", exif=exif)
    return out.getvalue()


def zipped(*names: str, mimetype: str = "") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def docx() -> bytes:
    return zipped("[Content_Types].xml", "word/document.xml")


def given(name: str, content: bytes) -> GivenFile:
    return GivenFile(content=BytesIO(content), name=name, size=len(content))


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


_HEIC = """
AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA
ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABoAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt
AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA
AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j
bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp
eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACJtZGF0AAAAFigBrxmA70mlv//f4x/19q/4prWmPm4=
"""


def telephone_photo() -> bytes:
    """HEIC, 64 by 48 pixels, red: only the library that Kith leaves out can write them."""
    return b64decode(_HEIC)
