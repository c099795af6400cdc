"""The contact page is composed: rooms above declare panels, `kith.config.contact_page` puts them in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor
from kith.access.http import KithRequest
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.standing import Protection
from kith.contacts.tally import Tally
from kith.sources.models import SourceRecord


class Slot(StrEnum):
    MAIN = "main"
    ASIDE = "aside"
    TAB = "tab"
    BOTTOM = "bottom"
    """The five sections under the overview (C30). The frame draws card and heading; `template` the inside."""
    ANONYMISED = "anonymised"
    """All that the page of somebody who was anonymised shows beside the list of what is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One opening of a contact's page, read by `queries.opened` and `queries.records_of`."""

    contact: Contact
    records: tuple[SourceRecord, ...]
    actor: Actor
    request: KithRequest
    standing: tuple[Protection, ...]
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    slot: Slot
    key: str
    """Of a tab: the last part of its address."""
    label: str
    company_label: str = ""
    """Where it is called otherwise on a company."""
    template: str
    """Finds what `load` gave as `panel`, and `contact`."""
    load: Callable[[Opened], Mapping[str, object]]
    permission: Permission = Permission.CONTACT_VIEW
    count: Callable[[Opened], int] | None = None
    """Shown beside a tab's name."""
    style: str = ""
    """Static file that the page loads for it, whatever tab is open: fragments bring none."""
    script: str = ""


@dataclass(frozen=True, slots=True)
class LoadedPanel:
    panel: Panel
    content: Mapping[str, object]
    label: str


def panels(slot: Slot, *, actor: Actor) -> tuple[Panel, ...]:
    """Declared in the setting KITH_CONTACT_PAGE, without those the actor may not see."""
    declared: tuple[Panel, ...] = import_string(settings.KITH_CONTACT_PAGE)
    return tuple(panel for panel in declared if panel.slot is slot and actor.may(panel.permission))


@dataclass(frozen=True, slots=True)
class Assets:
    styles: tuple[str, ...]
    scripts: tuple[str, ...]


def assets(*, actor: Actor) -> Assets:
    """What the panels of the page need, each once."""
    shown = [panel for slot in Slot for panel in panels(slot, actor=actor)]
    return Assets(
        styles=tuple(dict.fromkeys(panel.style for panel in shown if panel.style)),
        scripts=tuple(dict.fromkeys(panel.script for panel in shown if panel.script)),
    )


def loaded(slot: Slot, opened: Opened) -> tuple[LoadedPanel, ...]:
    return tuple(
        LoadedPanel(panel, panel.load(opened), _label(panel, opened.contact))
        for panel in panels(slot, actor=opened.actor)
    )


def _label(panel: Panel, contact: Contact) -> str:
    is_company = contact.kind == Contact.Kind.COMPANY
    return panel.company_label if is_company and panel.company_label else panel.label
