"""What files Kith takes: a section of the settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.attachments.kinds import MAY_BE_ALLOWED, Family
from kith.settings.in_force import in_force
from kith.settings.sections import Section

MOST_MEGABYTES: Final = 2_000


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    most_megabytes: int = 25
    families: tuple[Family, ...] = (
        Family.PDF,
        Family.IMAGE,
        Family.OFFICE,
        Family.TEXT,
        Family.MARKUP,
        Family.SOUND,
        Family.VIDEO,
    )

    @property
    def most_bytes(self) -> int:
        return self.most_megabytes * 1024 * 1024


def _problems(value: AttachmentLimits) -> tuple[str, ...]:
    reasons = []
    if not 1 <= value.most_megabytes <= MOST_MEGABYTES:
        reasons.append(f"a file may have 1 to {MOST_MEGABYTES:,} MB")
    if not value.families:
        reasons.append("no kind of file is allowed")
    if set(value.families) - set(MAY_BE_ALLOWED):
        reasons.append("programs and scripts are never taken")
    return tuple(reasons)


ATTACHMENT_LIMITS: Final = Section(
    key="attachment_limits",
    label="Files of attachments",
    about="How large a file may be, and of what kind.",
    shape=AttachmentLimits,
    shipped=AttachmentLimits,
    url_name="attachments:limits",
    problems=_problems,
)


def limits_in_force() -> AttachmentLimits:
    return in_force(ATTACHMENT_LIMITS)
