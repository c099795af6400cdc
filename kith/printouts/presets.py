"""What a printout is made for: which sections it has, who may have it, how it is logged (A32).

Presets and sections are declared by name (KITH_PRINTOUT_PRESETS, KITH_PRINTOUT_SECTIONS).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts import trail
from kith.contacts.models import Contact
from kith.contacts.report import ReportSection
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import sight_on
from kith.kernel.errors import NotFound, Refused


def _on_the_page(contact: Contact, actor: Actor) -> Sight:
    """What is masked on the page is masked on paper."""
    return sight_on(contact)


def _exported(contact: Contact, actor: Actor, kind: str) -> None:
    trail.exported([contact.pk], by=actor, kind=f"printout as {kind}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    key: str
    label: str
    permission: Permission
    has_choice: bool
    """Else it has every section there is."""
    sight: Callable[[Contact, Actor], Sight] = _on_the_page
    log: Callable[[Contact, Actor, str], None] = _exported
    """Called with the format's label, in the transaction that hands the file out."""
    masks_others: bool = False
    """It leaves the house: nothing tells who third persons are."""
    has_contents: bool = False
    """A PDF begins with a page of contents."""
    reminder: str = ""
    """Stands under its head, in every format that has one."""


PRINTOUT = Preset(key="printout", label="Printout", permission=Permission.CONTACT_PRINT, has_choice=True)


def sections() -> tuple[ReportSection, ...]:
    declared: tuple[ReportSection, ...] = import_string(settings.KITH_PRINTOUT_SECTIONS)
    return declared


def presets() -> Mapping[str, Preset]:
    declared: tuple[Preset, ...] = import_string(settings.KITH_PRINTOUT_PRESETS)
    return {one.key: one for one in declared}


def preset_of(key: str) -> Preset:
    found = presets().get(key)
    if found is None:
        raise NotFound("There is no such printout.")
    return found


def open_to(actor: Actor, preset: Preset = PRINTOUT) -> tuple[ReportSection, ...]:
    """Where nothing can be chosen, the preset's own permission opens all of it."""
    of_preset = (one for one in sections() if one.only_in in {"", preset.key})
    return tuple(one for one in of_preset if not preset.has_choice or actor.may(one.permission))


def chosen(preset: Preset, keys: Sequence[str], *, actor: Actor) -> tuple[ReportSection, ...]:
    """In the order of the list; none given: the usual ones. Refused where one is not there."""
    allowed = {one.key: one for one in open_to(actor, preset)}
    if not preset.has_choice:
        return tuple(allowed.values())
    strange = [key for key in keys if key not in allowed]
    if strange:
        sentence = "There is no such section."
        raise Refused(sentence, fields={"sections": sentence})
    return tuple(one for one in allowed.values() if one.key in keys or (not keys and one.is_usual))
