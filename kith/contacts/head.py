"""What the head of the contact page offers. Rooms above declare it; the composition puts it in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.standing import Protection

Standing = Sequence[Protection]


def always(contact: Contact, standing: Standing) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLink:
    label: str
    url: Callable[[Contact], str]
    permission: Permission
    is_button: bool = False
    """Beside the name; else in the menu."""
    unavailable: Callable[[Contact, Standing], str] = always
    """Why it cannot be done with this contact; '' where it can."""
    key: str = ""
    """By which it is pressed."""
    is_there: Callable[[], bool] = lambda: True
    """False while the settings switch it off for every contact."""


@dataclass(frozen=True, slots=True)
class HeadChip:
    """A state of the contact, beside its name."""

    label: str
    colour: str = "plain"
    about: str = ""
    """Shown on hover."""


Chips = Callable[[Contact, Actor], Sequence[HeadChip]]


@dataclass(frozen=True, slots=True)
class ShownLink:
    label: str
    url: str
    unavailable: str
    key: str


@dataclass(frozen=True, slots=True)
class Head:
    buttons: tuple[ShownLink, ...]
    menu: tuple[ShownLink, ...]
    chips: tuple[HeadChip, ...] = ()


def head_of(contact: Contact, *, actor: Actor, standing: Standing) -> Head:
    """Declared in KITH_CONTACT_HEAD and KITH_CONTACT_CHIPS, without what the actor may not do."""
    declared: tuple[HeadLink, ...] = import_string(settings.KITH_CONTACT_HEAD)
    chips: tuple[Chips, ...] = import_string(settings.KITH_CONTACT_CHIPS)
    allowed = [link for link in declared if actor.may(link.permission) and link.is_there()]
    return Head(
        buttons=tuple(_shown(link, contact, standing) for link in allowed if link.is_button),
        menu=tuple(_shown(link, contact, standing) for link in allowed if not link.is_button),
        chips=tuple(chip for of_room in chips for chip in of_room(contact, actor)),
    )


def _shown(link: HeadLink, contact: Contact, standing: Standing) -> ShownLink:
    return ShownLink(link.label, link.url(contact), link.unavailable(contact, standing), link.key)


def photo_url(contact_id: int) -> str:
    """Of the photo shown beside the name; '' where there is none (KITH_CONTACT_PHOTO)."""
    found = cast("Callable[[int], str]", import_string(settings.KITH_CONTACT_PHOTO))
    return found(contact_id)
