"""Pictures of files, drawn by a program of its own (`drawing`): a file that breaks it, breaks only it."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass
from typing import IO, Final, Literal

from kith.attachments import drawing
from kith.attachments.kinds import Family, FileKind

log = logging.getLogger(__name__)

_LARGEST: Final = 64 * 1024 * 1024
"""Larger ones have no preview."""
_MOST_SECONDS: Final = drawing.SECONDS + 5
_MAGIC: Final = ((b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


@dataclass(frozen=True, slots=True)
class Picture:
    body: bytes
    media_type: str


def preview_of(content: IO[bytes], kind: FileKind, *, size: int) -> Picture | None:
    """None where it cannot be drawn, for whatever reason."""
    if size > _LARGEST or kind.family not in {Family.PDF, Family.IMAGE}:
        return None
    return _drawn(content, "pdf" if kind.family is Family.PDF else "image")


def photo_of(content: IO[bytes], *, size: int) -> Picture | None:
    """At most 512 pixels wide and high."""
    return None if size > _LARGEST else _drawn(content, "photo")


def _drawn(content: IO[bytes], what: Literal["pdf", "image", "photo"]) -> Picture | None:
    content.seek(0)
    body = content.read()
    content.seek(0)
    try:
        done = subprocess.run(
            [sys.executable, "-I", drawing.__file__, what],
            input=body,
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
            env={},
        )
    except subprocess.TimeoutExpired:
        log.info("a preview was given up after %s seconds", _MOST_SECONDS)
        return None
    media_type = next((name for magic, name in _MAGIC if done.stdout.startswith(magic)), "")
    if done.returncode or not media_type:
        log.info("a preview could not be drawn: %s ended with %s", what, done.returncode)
        return None
    return Picture(done.stdout, media_type)
