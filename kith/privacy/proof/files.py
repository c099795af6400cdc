"""Files of Kith's data folder, looked through as they lie and as they read when they are unpacked."""

from __future__ import annotations

import email
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from email import policy
from pathlib import Path
from typing import Final

from django.conf import settings

from kith.kernel.errors import Refused
from kith.privacy.proof.findings import Findings, Hit
from kith.privacy.proof.matching import Found, Matcher
from kith.privacy.proof.whose import Whose
from kith.sources import storage
from kith.sources.models import Import

BLOCK: Final = 1 << 20
LARGEST_MEMBER: Final = 512 * 1024 * 1024
_ARCHIVE: Final = b"PK\x03\x04"
_NOT_UNPACKED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # it is encrypted
    NotImplementedError,
)
_BETWEEN_MAILS: Final = b"-" * 79
_NOT_OURS_TO_READ: Final = ("static", "erasing")
"""Kith's own style sheets, and the sealed values themselves."""


class _Unreadable(Exception):
    pass


def look_through(matcher: Matcher, findings: Findings) -> list[str]:
    """Returns what could not be read."""
    unreadable, keys = [], _keys_of_received()
    for path in _files():
        findings.looked.files += 1
        try:
            found = _of_file(path, matcher, findings)
            if path in keys:
                found |= _of_received(storage.opened(path.name, keys[path]), matcher, findings)
        except FileNotFoundError:  # removed meanwhile
            continue
        except (OSError, Refused, _Unreadable):
            unreadable.append(named(path))
            continue
        findings.add(Hit(named(path)), found, whose=Whose.NOBODYS)
    return unreadable


def demo_sources() -> Path:
    """Files of `kith demo` that play the source systems: no more Kith's than those are."""
    return Path(settings.HOME) / "demo" / "files"


def named(path: Path) -> str:
    home = Path(settings.HOME)
    if path.parent == Path(settings.IMPORT_FOLDER):
        return f"file imports/{path.name}"
    return f"file {path.relative_to(home) if path.is_relative_to(home) else path.name}"


def _files() -> Iterator[Path]:
    """What lies below the rows of the database (`kith scrub-storage`) is left out, its log is not."""
    home, seen = Path(settings.HOME), set[Path]()
    database = home / "postgres"
    skipped = {*(home / name for name in _NOT_OURS_TO_READ), demo_sources()}
    for folder in (home, settings.IMPORT_FOLDER, settings.ATTACHMENT_FOLDER, settings.EMAIL_FILE_PATH):
        for above, folders, names in os.walk(folder):
            here = Path(above)
            folders[:] = [] if here == database else sorted(folders)
            folders[:] = [one for one in folders if here / one not in skipped]
            for path in (here / name for name in sorted(names)):
                if path.is_file() and not path.is_symlink() and path not in seen:
                    seen.add(path)
                    yield path


def _of_file(path: Path, matcher: Matcher, findings: Findings) -> set[Found]:
    found = set(matcher.of(path.name.encode()))
    with path.open("rb") as file:
        for block in _overlapping(iter(lambda: file.read(BLOCK), b""), matcher.longest):
            findings.looked.bytes += len(block)
            found |= matcher.of(block)
    for text in _unpacked(path):
        found |= matcher.of(text)
    return found


def _keys_of_received() -> Mapping[Path, bytes]:
    """Of files of imports that are sealed; one that no import names cannot be opened by anybody."""
    sealed = Import.objects.exclude(stored_name="").exclude(sealed_key=None)
    return {
        storage.path_of(name): bytes(key or b"")
        for name, key in sealed.values_list("stored_name", "sealed_key")
    }


def _of_received(file: storage.SealedFile, matcher: Matcher, findings: Findings) -> set[Found]:
    found = set[Found]()
    for block in _overlapping(_in_blocks(file), matcher.longest):
        findings.looked.bytes += len(block)
        found |= matcher.of(block)
    with file.open() as opened:
        is_archive = opened.read(len(_ARCHIVE)) == _ARCHIVE
    if is_archive:
        with file.open() as opened:
            content = io.BytesIO(opened.read())
        for text in _members(content):
            found |= matcher.of(text)
    return found


def _in_blocks(file: storage.SealedFile) -> Iterator[bytes]:
    with file.open() as opened:
        yield from iter(lambda: opened.read(BLOCK), b"")


def _members(file: Path | io.BytesIO) -> Iterator[bytes]:
    """Raises _Unreadable for one that is damaged, encrypted or packed in a way nobody here unpacks, and for a
    bomb: what is not searched is not proved."""
    try:
        with zipfile.ZipFile(file) as archive:
            for one in archive.infolist():
                if one.file_size > LARGEST_MEMBER:
                    raise _Unreadable
                yield archive.read(one)
    except _NOT_UNPACKED as error:
        raise _Unreadable from error


def _unpacked(path: Path) -> Iterator[bytes]:
    """Spreadsheets are archives; parts of e-mails are wrapped."""
    with path.open("rb") as file:
        is_archive = file.read(len(_ARCHIVE)) == _ARCHIVE
    if is_archive:
        yield from _members(path)
    if path.parent == Path(settings.EMAIL_FILE_PATH):
        for said in path.read_bytes().split(_BETWEEN_MAILS):
            for part in email.message_from_bytes(said.lstrip(), policy=policy.default).walk():
                payload = part.get_payload(decode=True)
                yield payload if isinstance(payload, bytes) else b""
                yield "\n".join(str(value) for value in part.values()).encode()


def _overlapping(blocks: Iterable[bytes], overlap: int) -> Iterator[bytes]:
    """So that a value across two of them is found."""
    tail = b""
    for block in blocks:
        yield tail + block
        tail = (tail + block)[-overlap - 3 :]
