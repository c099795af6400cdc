"""Finding and opening contacts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries, search, trail
from kith.contacts.criteria import Criterion
from kith.contacts.forms import ANYTHING, ContactSearchForm
from kith.contacts.head import head_of, photo_url
from kith.contacts.models import Contact
from kith.contacts.panels import Opened, Panel, Slot, assets, loaded, panels
from kith.contacts.possible_duplicates import possible_duplicates
from kith.contacts.queries import ContactRow, ContactSearch
from kith.contacts.standing import standing_of
from kith.sources.models import LOCAL, SourceRecord
from kith.web.formats import group_id as shown_group_id
from kith.web.paging import page_of
from kith.web.rendering import render_page

SUGGESTIONS = 8
ROWS = 25
OVERVIEW = "overview"
BY_DUPLICATES = "duplicates"
"""Those that may have a duplicate first, each part by name."""


@needs(Permission.CONTACT_VIEW)
@require_GET
def search_contacts(request: KithRequest) -> HttpResponse:
    given = {name: str(text) for name, text in request.GET.items()}
    asked = bool(given)
    if "q" in given:
        given |= {"criterion": ANYTHING, "value": given["q"]}
    form = ContactSearchForm(given)
    if not form.is_valid():
        return _results(request, form, ContactSearch(), asked=asked)
    query = form.query()
    direct = _group_id_typed(query)
    if direct is not None and queries.survivor_of(direct) is not None:
        return redirect("contacts:detail", direct)
    is_box = set(request.GET) == {"q"} and not request.htmx
    if is_box and (only := _the_only_one(request, query)) is not None:
        return redirect("contacts:detail", only)
    return _results(request, form, query, asked=asked)


def _the_only_one(request: KithRequest, query: ContactSearch) -> int | None:
    """Whoever types a phone number and presses Enter has the caller on the line."""
    if query.is_empty or query.lists_records:
        return None
    found = query.found(actor=request.actor, most=2)
    return found.ids[0] if len(found.ids) == 1 and not found.is_cut else None


def _group_id_typed(query: ContactSearch) -> int | None:
    if query.criteria == () and query.text:
        return search.read_group_id(query.text)
    if not query.text and len(query.criteria) == 1 and query.criteria[0][0] is Criterion.GROUP_ID:
        return search.read_group_id(query.criteria[0][1])
    return None


def _results(
    request: KithRequest, form: ContactSearchForm, query: ContactSearch, *, asked: bool
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "asked": asked,
        "is_empty": query.is_empty,
        "may_edit": request.actor.may(Permission.CONTACT_EDIT),
    }
    if query.is_empty:
        context["newest"] = queries.recently_changed(actor=request.actor)
    elif query.lists_records:
        context["records"] = page_of(query.records(actor=request.actor), request, ROWS)
    else:
        found = query.found(actor=request.actor)
        ids = found.ids
        if request.GET.get("sort") == BY_DUPLICATES:
            doubtful = possible_duplicates().among(ids)
            ids = tuple(sorted(ids, key=lambda pk: pk not in doubtful))
        page = page_of(ids, request, ROWS)
        rows = queries.in_order(tuple(page.rows), actor=request.actor)
        context |= {"found": found, "page": page, "contacts": rows}
    context["sources"] = queries.sources_by_id()
    context["doubtful"] = possible_duplicates().among(_shown(context))
    return render_page(request, "contacts/search.html", context, region="results")


def _shown(context: dict[str, object]) -> list[int]:
    rows = context.get("contacts") or context.get("newest") or []
    assert isinstance(rows, list)
    return [row.pk for row in rows if isinstance(row, ContactRow)]


@needs(Permission.CONTACT_VIEW)
@require_GET
def suggest(request: KithRequest) -> HttpResponse:
    """The options under the search box."""
    query = ContactSearch(text=request.GET.get("q", ""))
    found = query.found(actor=request.actor, most=queries.SUGGESTED_FROM)
    context = {
        "text": query.text.strip(),
        "found": found,
        "contacts": queries.in_order(found.ids[:SUGGESTIONS], actor=request.actor),
        "sources": queries.sources_by_id(),
    }
    return render_page(request, "contacts/_suggestions.html", context)


@needs(Permission.CONTACT_VIEW)
@require_GET
def detail(request: KithRequest, contact_id: int, tab: str = OVERVIEW) -> HttpResponse:
    contact = queries.opened(contact_id, actor=request.actor)
    if contact.state == Contact.State.RETIRED:
        return _to_survivor(request, contact)
    trail.viewed(contact.pk, by=request.actor, through="page")
    records = queries.records_of(contact)
    standing = standing_of([contact.pk])[contact.pk]
    opened = Opened(contact=contact, records=records, actor=request.actor, request=request, standing=standing)
    tabs = panels(Slot.TAB, actor=request.actor)
    context: dict[str, object] = {
        "contact": contact,
        "standing": standing,
        "tabs": [(panel, panel.count(contact) if panel.count else None) for panel in tabs],
        "tab": tab,
        "is_company": contact.kind == Contact.Kind.COMPANY,
        "local_record": _local_record(records),
        "head": head_of(contact, actor=request.actor),
        "photo_url": photo_url(contact.pk),
        "assets": assets(actor=request.actor),
        "may_edit": request.actor.may(Permission.CONTACT_EDIT),
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
    survivor = queries.survivor_of(contact.pk)
    if survivor is None:
        raise Http404
    was, became = shown_group_id(contact.pk), shown_group_id(survivor)
    messages.info(request, f"GroupID {was} became {became}.")
    return redirect("contacts:detail", survivor)
