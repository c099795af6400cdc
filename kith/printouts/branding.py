"""How printouts look, and what the e-mail says that takes them along: a section of the settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kith.attachments import stored
from kith.attachments.models import LibraryEntry
from kith.attachments.store import Missing
from kith.settings.in_force import in_force
from kith.settings.sections import Section
from kith.vault.sealing import Destroyed, NotOpened

LONGEST: Final = 2_000
_COLOUR: Final = re.compile(r"^#[0-9a-fA-F]{6}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    organisation: str = ""
    colour: str = "#1f5f5b"
    logo: str = ""
    """Name of an image of the attachments library: names are carried between installations, ids are not."""
    footer: str = ""
    """On every page."""
    subject: str = "Your details"
    message: str = "Hello,\n\nattached you find the details that we keep about you.\n"


def _problems(value: Branding) -> tuple[str, ...]:
    reasons = []
    if not _COLOUR.match(value.colour):
        reasons.append("the colour is written #1f5f5b: a # and six digits or letters a to f")
    if not value.subject.strip() or not value.message.strip():
        reasons.append("an e-mail needs a subject and a text")
    if "\n" in value.subject or "\r" in value.subject:
        reasons.append("the subject of an e-mail is one line")
    if max(len(value.footer), len(value.message)) > LONGEST:
        reasons.append(f"footer and text have at most {LONGEST:,} characters each")
    return tuple(reasons)


BRANDING: Final = Section(
    key="printouts",
    label="Printouts",
    about="Name, colour and logo on printouts, and the e-mail they are sent with.",
    shape=Branding,
    shipped=Branding,
    url_name="printouts:branding",
    problems=_problems,
)


def branding_in_force() -> Branding:
    return in_force(BRANDING)


def logos() -> list[str]:
    """Names of what can be one: images that Kith could draw."""
    rows = LibraryEntry.objects.filter(file__media_type__startswith="image/").exclude(file__preview_key="")
    return list(rows.order_by("name").values_list("name", flat=True)[:500])


def logo_of(branding: Branding) -> bytes | None:
    """As Kith drew it itself: nothing but pixels. None where there is none any more."""
    if not branding.logo:
        return None
    entry = LibraryEntry.objects.select_related("file").filter(name__iexact=branding.logo).first()
    if entry is None or entry.file is None or not entry.file.preview_key:
        return None
    try:
        return b"".join(stored.opened_preview(entry.file))
    except (Missing, Destroyed, NotOpened):
        return None


def used_as_logo(entry_id: int) -> str:
    """For the page of a library entry (KITH_LIBRARY_USES)."""
    name = LibraryEntry.objects.filter(pk=entry_id).values_list("name", flat=True).first()
    is_logo = name is not None and name.casefold() == branding_in_force().logo.casefold()
    return "as the logo of printouts" if is_logo else ""
