from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from kith.attachments.kinds import Family, FileKind, may_be_called
from kith.attachments.sections import AttachmentLimits
from kith.kernel.decision import Decision


class DeleteReason(StrEnum):
    WRONG_CONTACT = "wrong_contact"
    WRONG_FILE = "wrong_file"
    NO_LONGER_NEEDED = "no_longer_needed"
    ASKED_FOR = "asked_for"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    DeleteReason.WRONG_CONTACT: "It belongs to somebody else",
    DeleteReason.WRONG_FILE: "It is the wrong file",
    DeleteReason.NO_LONGER_NEEDED: "It is no longer needed",
    DeleteReason.ASKED_FOR: "The person asked for it",
}
_SHOWN_AS_PHOTO: Final = frozenset({Family.IMAGE})


def may_take(name: str, *, kind: FileKind, size: int, limits: AttachmentLimits) -> Decision:
    reasons = []
    if not name:
        reasons.append("the file has no name")
    if size == 0:
        reasons.append("the file is empty")
    if size > limits.most_bytes:
        reasons.append(f"the file is larger than {limits.most_megabytes:,} MB")
    if kind.family is Family.PROGRAM:
        reasons.append("programs, scripts and documents with macros are never taken")
    elif kind.family not in limits.families:
        reasons.append(f"files of this kind are not taken here ({kind.label})")
    return Decision((*reasons, *may_be_called(name, kind).reasons))


def may_be_photo(*, kind: FileKind, size: int, limits: AttachmentLimits) -> Decision:
    reasons = []
    if kind.family not in _SHOWN_AS_PHOTO:
        reasons.append("a photo is an image")
    if size > limits.most_bytes:
        reasons.append(f"the file is larger than {limits.most_megabytes:,} MB")
    return Decision(tuple(reasons))


def may_be_address(url: str) -> Decision:
    """Of a web page: nothing that runs in the page it is clicked in."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket left open
        parts = urlsplit("")
    is_whole = parts.scheme in {"http", "https"} and parts.hostname
    if not is_whole or not url.isprintable() or " " in url:
        return Decision(("give a web address that begins with https:// or http://",))
    if parts.username or parts.password:
        return Decision(("leave the user name and the password out of the address",))
    return Decision()


def may_delete_entry(*, uses: Sequence[str]) -> Decision:
    """`uses`: what it is used as, in words."""
    return Decision(tuple(f"it is in use {use}; make it inactive instead" for use in uses))
