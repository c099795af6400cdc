"""What a file is, told by its content. The name is asked where content says too little, and has to agree."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Final

import filetype

from kith.kernel.decision import Decision

_HEAD_BYTES: Final = 16 * 1024
LONGEST_NAME: Final = 200


class Family(StrEnum):
    PDF = "pdf"
    IMAGE = "image"
    OFFICE = "office"
    TEXT = "text"
    MARKUP = "markup"
    SOUND = "sound"
    VIDEO = "video"
    ARCHIVE = "archive"
    OTHER = "other"
    PROGRAM = "program"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Family.PDF: "PDF",
    Family.IMAGE: "images",
    Family.OFFICE: "documents, spreadsheets and slides",
    Family.TEXT: "plain text, CSV, e-mails",
    Family.MARKUP: "HTML, SVG and XML, never shown but only downloaded",
    Family.SOUND: "sound",
    Family.VIDEO: "video",
    Family.ARCHIVE: "archives (ZIP …)",
    Family.OTHER: "files that Kith does not know",
    Family.PROGRAM: "programs and scripts",
}
MAY_BE_ALLOWED: Final = tuple(one for one in Family if one is not Family.PROGRAM)


@dataclass(frozen=True, slots=True)
class FileKind:
    family: Family
    media_type: str
    label: str
    """`PDF`, `JPEG image`."""

    @property
    def served_as(self) -> str:
        """Never a type that a browser would run or draw as a page."""
        return self.media_type if self.family in _HARMLESS else "application/octet-stream"


_HARMLESS: Final = frozenset(
    {Family.PDF, Family.IMAGE, Family.OFFICE, Family.TEXT, Family.SOUND, Family.VIDEO, Family.ARCHIVE}
)
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
_BY_EXTENSION: Final[dict[str, tuple[Family, str, str]]] = {
    "pdf": (Family.PDF, "application/pdf", "PDF"),
    "jpg": (Family.IMAGE, "image/jpeg", "JPEG image"),
    "png": (Family.IMAGE, "image/png", "PNG image"),
    "apng": (Family.IMAGE, "image/png", "PNG image"),
    "gif": (Family.IMAGE, "image/gif", "GIF image"),
    "webp": (Family.IMAGE, "image/webp", "WebP image"),
    "bmp": (Family.IMAGE, "image/bmp", "BMP image"),
    "tif": (Family.IMAGE, "image/tiff", "TIFF image"),
    "heic": (Family.IMAGE, "image/heic", "HEIC image"),
    "avif": (Family.IMAGE, "image/avif", "AVIF image"),
    "doc": (Family.OFFICE, "application/msword", "Word document"),
    "xls": (Family.OFFICE, "application/vnd.ms-excel", "Excel spreadsheet"),
    "ppt": (Family.OFFICE, "application/vnd.ms-powerpoint", "PowerPoint slides"),
    "docx": (Family.OFFICE, f"{_OOXML}wordprocessingml.document", "Word document"),
    "xlsx": (Family.OFFICE, f"{_OOXML}spreadsheetml.sheet", "Excel spreadsheet"),
    "pptx": (Family.OFFICE, f"{_OOXML}presentationml.presentation", "PowerPoint slides"),
    "odt": (Family.OFFICE, "application/vnd.oasis.opendocument.text", "Text document"),
    "ods": (Family.OFFICE, "application/vnd.oasis.opendocument.spreadsheet", "Spreadsheet"),
    "odp": (Family.OFFICE, "application/vnd.oasis.opendocument.presentation", "Slides"),
    "rtf": (Family.OFFICE, "application/rtf", "Rich text"),
    "msg": (Family.OFFICE, "application/vnd.ms-outlook", "Outlook message"),
    "txt": (Family.TEXT, "text/plain", "Plain text"),
    "csv": (Family.TEXT, "text/csv", "CSV table"),
    "eml": (Family.TEXT, "message/rfc822", "E-mail"),
    "vcf": (Family.TEXT, "text/vcard", "vCard"),
    "html": (Family.MARKUP, "text/html", "HTML page"),
    "svg": (Family.MARKUP, "image/svg+xml", "SVG drawing"),
    "xml": (Family.MARKUP, "application/xml", "XML"),
    "mp3": (Family.SOUND, "audio/mpeg", "MP3 sound"),
    "m4a": (Family.SOUND, "audio/mp4", "M4A sound"),
    "wav": (Family.SOUND, "audio/wav", "WAV sound"),
    "ogg": (Family.SOUND, "audio/ogg", "Ogg sound"),
    "flac": (Family.SOUND, "audio/flac", "FLAC sound"),
    "amr": (Family.SOUND, "audio/amr", "AMR sound"),
    "mp4": (Family.VIDEO, "video/mp4", "MP4 video"),
    "mov": (Family.VIDEO, "video/quicktime", "QuickTime video"),
    "webm": (Family.VIDEO, "video/webm", "WebM video"),
    "mkv": (Family.VIDEO, "video/x-matroska", "Matroska video"),
    "avi": (Family.VIDEO, "video/x-msvideo", "AVI video"),
    "3gp": (Family.VIDEO, "video/3gpp", "3GP video"),
    "zip": (Family.ARCHIVE, "application/zip", "ZIP archive"),
    "gz": (Family.ARCHIVE, "application/gzip", "GZIP archive"),
    "7z": (Family.ARCHIVE, "application/x-7z-compressed", "7-Zip archive"),
    "rar": (Family.ARCHIVE, "application/vnd.rar", "RAR archive"),
    "tar": (Family.ARCHIVE, "application/x-tar", "TAR archive"),
}
_SAME: Final = {
    "jpeg": "jpg",
    "jpe": "jpg",
    "tiff": "tif",
    "htm": "html",
    "heif": "heic",
    "text": "txt",
    "log": "txt",
}
"""Other ways to write an extension."""
_PROGRAM_EXTENSIONS: Final = """
apk app appx bat bin cmd com command cpl deb dll dmg elf exe gadget hta iso jar js jse lnk mjs msc msi msix
pif pl ps1 py reg rpm scr sh swf vb vbe vbs wasm ws wsf wsh xpi
"""
_PROGRAMS: Final = frozenset(_PROGRAM_EXTENSIONS.split())
_PROGRAM_CONTENTS: Final = frozenset({"exe", "elf", "wasm", "deb", "rpm", "ar", "crx", "swf", "nes"})
_MACH_O: Final = (
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
)  # fmt: skip
_SHORTCUT: Final = b"L\x00\x00\x00\x01\x14\x02\x00"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP: Final = (
    ("html", re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|meta|object|embed)\b", re.I)),
    ("svg", re.compile(rb"<svg\b", re.I)),
    ("xml", re.compile(rb"^\s*<\?xml\b", re.I)),
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
PROGRAM: Final = FileKind(Family.PROGRAM, "application/octet-stream", "Program")
UNKNOWN: Final = FileKind(Family.OTHER, "application/octet-stream", "Unknown kind of file")


def plain_name(given: str) -> str:
    """Without folders and without characters that hide what a name says; '' where nothing is left."""
    last = re.split(r"[/\\]", given)[-1]
    shown = "".join(one for one in last if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    name = " ".join(shown.split())
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    end = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
    return name[: LONGEST_NAME - len(end)] + end


def extension_of(name: str) -> str:
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return _SAME.get(extension, extension)


def kind_of(content: IO[bytes], *, name: str) -> FileKind:
    """Reads the beginning of a file (of a ZIP its list too), and leaves it at its beginning."""
    content.seek(0)
    head = content.read(_HEAD_BYTES)
    found = _of_content(content, head, extension=extension_of(name))
    content.seek(0)
    return found


def may_be_called(name: str, kind: FileKind) -> Decision:
    """A name that promises something else misleads whoever opens it."""
    promised = _BY_EXTENSION.get(extension_of(name))
    if promised is None or promised[0] is kind.family or kind.family is Family.PROGRAM:
        return Decision()
    return Decision((f"the name says {promised[2]}, but inside is something else ({kind.label})",))


def kind_of_type(media_type: str) -> FileKind:
    """As it was found when the file came."""
    found = next((one for one in _BY_EXTENSION.values() if one[1] == media_type), None)
    return FileKind(*found) if found else UNKNOWN


def _of_content(content: IO[bytes], head: bytes, *, extension: str) -> FileKind:
    if extension in _PROGRAMS or head.startswith((*_MACH_O, b"#!", _SHORTCUT)):
        return PROGRAM
    guessed = filetype.guess(head) if head else None
    if guessed is not None and guessed.extension in _PROGRAM_CONTENTS:
        return PROGRAM
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(content)
    if head.startswith(_OLD_OFFICE):
        return _kind(extension) if extension in {"doc", "xls", "ppt", "msg"} else _kind("doc")
    if guessed is not None and guessed.extension in _BY_EXTENSION:
        return _kind(guessed.extension)
    if guessed is not None:
        return UNKNOWN
    return _of_text(head, extension=extension)


def _of_zip(content: IO[bytes]) -> FileKind:
    """Office documents are ZIPs; one with macros is a program."""
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return UNKNOWN
    if any(name.endswith("vbaProject.bin") for name in names) or "META-INF/MANIFEST.MF" in names:
        return PROGRAM
    if "[Content_Types].xml" in names:
        for folder, extension in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return _kind(extension)
    for extension in ("odt", "ods", "odp"):
        if mimetype == _BY_EXTENSION[extension][1].encode():
            return _kind(extension)
    return _kind("zip")


def _of_text(head: bytes, *, extension: str) -> FileKind:
    text = _decoded(head)
    if text is None or _CONTROL.search(text):
        return UNKNOWN
    as_bytes = text.encode()
    for name, pattern in _MARKUP:
        if pattern.search(as_bytes):
            return _kind(name)
    is_text = _BY_EXTENSION.get(extension, (None,))[0] is Family.TEXT
    return _kind(extension if is_text else "txt")


def _decoded(head: bytes) -> str | None:
    """The beginning may end within a character. Latin-1 holds anything: only what has no control characters
    passes for text then.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="ignore")
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 3 and len(head) == _HEAD_BYTES:
            return head[: error.start].decode("utf-8-sig")
    return None if re.search(rb"[\x80-\x9f]", head) else head.decode("latin-1")


def _kind(extension: str) -> FileKind:
    return FileKind(*_BY_EXTENSION[extension])
