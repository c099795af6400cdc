"""The contact page, panel by panel, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.urls import NoReverseMatch, reverse

from kith.contacts import history, purchases, refs, standing_views
from kith.contacts.history import Happening
from kith.contacts.models import Contact
from kith.contacts.panels import Opened, Panel, Slot
from kith.golden.details import golden_details
from kith.grouping.models import Move
from kith.grouping.why import reasons as why
from kith.web.formats import group_id


def golden(opened: Opened) -> Mapping[str, object]:
    rows = golden_details(opened.contact, opened.records)
    return {
        "rows": rows,
        "has_others": any(row.others for row in rows),
        "all_values": opened.request.GET.get("values") == "all",
    }


def moves(contact: Contact) -> Iterable[Happening]:
    """Lineage in words: what came, and what left."""
    related = Move.objects.select_related("user")
    came = related.filter(to_contact_id=contact.pk).order_by("-pk")[: history.MOST]
    left = related.filter(from_contact_id=contact.pk).order_by("-pk")[: history.MOST]
    for move in came:
        yield Happening(move.at, _arrival(move), _by(move))
    for move in left:
        yield Happening(move.at, f"A System Ref left for GroupID {group_id(move.to_contact_id)}", _by(move))


def _arrival(move: Move) -> str:
    if move.from_contact_id is None:
        return "A System Ref got this GroupID"
    return f"A System Ref came from GroupID {group_id(move.from_contact_id)}"


def _by(move: Move) -> str:
    if move.user is not None:
        return move.user.name
    return f"Grouping run {move.run_id}" if move.run_id else move.get_because_display()


def _make_primary_url() -> str:
    try:
        return reverse("golden:make-primary")
    except NoReverseMatch:
        return ""


PAGE: Final = (
    Panel(
        slot=Slot.MAIN,
        key="golden",
        label="Golden details",
        template="golden/_details.html",
        load=golden,
    ),
    Panel(
        slot=Slot.MAIN,
        key="system-refs",
        label="System Refs",
        template="contacts/_system_refs.html",
        load=refs.system_refs(why.reasons_for),
    ),
    Panel(
        slot=Slot.ASIDE,
        key="suppressions",
        label="Suppressions",
        template="contacts/_suppressions.html",
        load=standing_views.suppressions,
    ),
    Panel(slot=Slot.ASIDE, key="value", label="Value", template="contacts/_value.html", load=purchases.value),
    Panel(
        slot=Slot.TAB,
        key="system-refs",
        label="System Refs",
        template="contacts/_system_refs_tab.html",
        load=refs.claims(why.reasons_for, make_primary_url=_make_primary_url),
        count=lambda contact: contact.record_count,
    ),
    Panel(
        slot=Slot.TAB,
        key="transactions",
        label="Transactions",
        template="contacts/_transactions_tab.html",
        load=purchases.transactions,
        count=purchases.transaction_count,
    ),
    Panel(
        slot=Slot.TAB,
        key="history",
        label="History",
        template="contacts/_history_tab.html",
        load=history.history((history.journal, moves)),
    ),
)
