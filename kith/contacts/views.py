"""Finding and opening contacts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET, require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import anonymised, looking_up, queries, trail
from kith.contacts.head import head_of, photo_url
from kith.contacts.may.asking import without_changing
from kith.contacts.models import Contact, Suppression
from kith.contacts.panels import Opened, Panel, Slot, assets, loaded, panels
from kith.contacts.queries import ContactSearch
from kith.contacts.standing import standing_of
from kith.contacts.tally import tally_of
from kith.sources.models import LOCAL, SourceRecord
from kith.web.formats import group_id as shown_group_id
from kith.web.rendering import render_page

SUGGESTIONS = 8
OVERVIEW = "overview"


@needs(Permission.CONTACT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def search_contacts(request: KithRequest) -> HttpResponse:
    """The page is of a room above, which knows what every room lets one ask: KITH_SEARCH_PAGE."""
    page: Callable[[KithRequest], HttpResponse] = import_string(settings.KITH_SEARCH_PAGE)
    return page(request)


@needs(Permission.CONTACT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: KithRequest) -> HttpResponse:
    """The options under the search box, which posts what is typed: names do not belong into an address."""
    query = ContactSearch(text=request.POST.get("q", "") or request.GET.get("q", ""))
    found = query.found(actor=request.actor, most=queries.SUGGESTED_FROM)
    shown, numbers = found.ids[:SUGGESTIONS], looking_up.numbers_in(query.text)
    looking_up.note(shown, numbers=numbers, by=request.actor, through="search")
    context = {
        "text": query.text.strip(),
        "found": found,
        "contacts": queries.in_order(shown, actor=request.actor),
        "sources": queries.sources_by_id(),
    }
    return render_page(request, "contacts/_suggestions.html", context)


@needs(Permission.CONTACT_VIEW)
@require_GET
def detail(request: KithRequest, contact_id: int, tab: str = OVERVIEW) -> HttpResponse:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state == Contact.State.RETIRED:
        return _to_survivor(request, contact)
    if anonymised.is_anonymised(contact):
        return (
            anonymised.page(request, contact) if tab == OVERVIEW else redirect("contacts:detail", contact_id)
        )
    trail.viewed(contact.pk, by=request.actor, through="page")
    records = queries.records_of(contact)
    standing = standing_of([contact.pk])[contact.pk]
    is_restricted = any(one.reason == Suppression.Reason.RESTRICTED for one in standing)
    actor = without_changing(request.actor) if is_restricted else request.actor
    opened = Opened(
        contact=contact,
        records=records,
        actor=actor,
        request=request,
        standing=standing,
        tally=tally_of(contact.pk),
    )
    tabs = panels(Slot.TAB, actor=request.actor)
    context: dict[str, object] = {
        "contact": contact,
        "standing": standing,
        "is_restricted": is_restricted,
        "tabs": [(panel, panel.count(opened) if panel.count else None) for panel in tabs],
        "tab": tab,
        "is_company": contact.kind == Contact.Kind.COMPANY,
        "local_record": _local_record(records),
        "head": head_of(contact, actor=actor, standing=standing),
        "photo_url": photo_url(contact.pk) if opened.tally["photos"] else "",
        "assets": assets(actor=request.actor),
        "may_edit": actor.may(Permission.CONTACT_EDIT),
        "may_group": request.actor.may(Permission.CONTACT_GROUP),
    }
    if tab == OVERVIEW:
        context |= {
            "main": loaded(Slot.MAIN, opened),
            "aside": loaded(Slot.ASIDE, opened),
            "bottom": loaded(Slot.BOTTOM, opened),
        }
    else:
        panel = _tab(tabs, tab)
        context |= {"tab_template": panel.template, "panel": panel.load(opened)}
    return render_page(request, "contacts/contact_detail.html", context, region="tab")


def _tab(tabs: tuple[Panel, ...], key: str) -> Panel:
    for panel in tabs:
        if panel.key == key:
            return panel
    raise Http404


def _local_record(records: tuple[SourceRecord, ...]) -> int | None:
    local = (record.pk for record in records if record.source.code == LOCAL)
    return next(local, None)


def _to_survivor(request: KithRequest, contact: Contact) -> HttpResponse:
    successor = queries.end_of(contact.pk)
    if successor is None:
        raise Http404
    was, became = shown_group_id(contact.pk), shown_group_id(successor)
    messages.info(request, f"GroupID {was} became {became}.")
    return redirect("contacts:detail", successor)
