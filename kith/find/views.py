"""The search page: criteria first, results after (C25)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.sight import sight_of
from kith.find import actions, addresses, asking_form, listing, looking_up, noticing, rows, sounding, stored
from kith.find.addresses import KEPT, Read
from kith.find.choosing import describe
from kith.find.doing import may_be_done
from kith.find.forms import ViewForm
from kith.find.listing import Listed
from kith.find.refs import lists_records, named_as_seen, records_of
from kith.find.rows import ListedContact
from kith.find.searches import TEXT, Search, SortKey
from kith.kernel.errors import Refused
from kith.kernel.group_ids import read_group_id
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page

Context = dict[str, object]


def search_page(request: KithRequest) -> HttpResponse:
    """Behind `contacts:search`, whose view asks for the permission. Looking is no change: what is posted is
    kept only so that it need not stand in an address.
    """
    if request.method == "POST":
        return _asked(request)
    token = request.GET.get(KEPT, "")
    read = _kept(request, token) if token else addresses.read(request.GET)
    if not token and (group_id := _group_id(read)):
        return redirect("contacts:detail", group_id)
    if set(request.GET) != {TEXT} or request.htmx:
        return _page(request, read, token=token)
    found = _listed(request, read.search)
    if found and (one := _only_one(read, found)):
        looking_up.note(read.search, [one], by=request.actor)
        noticing.note_listed(read.search, found, by=request.actor, through="page")
        return redirect("contacts:detail", one)
    return _page(request, read, token=token, found=found)


def _asked(request: KithRequest) -> HttpResponse:
    """Answered at once, for whoever asks has a caller on the line; the page takes the address under which the
    search is kept, so that it can be loaded again and come back to."""
    read = addresses.read(request.POST)
    if read.unread:
        return _page(request, read, token="", status=UNPROCESSABLE)
    if group_id := _group_id(read):
        return redirect("contacts:detail", group_id)
    if not addresses.is_personal(read.search):
        return HttpResponseRedirect(addresses.address(read.search))
    found = _listed(request, read.search)
    if found and (one := _only_one(read, found)):
        looking_up.note(read.search, [one], by=request.actor)
        noticing.note_listed(read.search, found, by=request.actor, through="page")
        return redirect("contacts:detail", one)
    token = actions.keep_search(actor=request.actor, search=read.search)
    page = _page(request, read, token=token, found=found)
    page["Content-Location"] = addresses.address(read.search, token=token)
    return page


def _kept(request: KithRequest, token: str) -> Read:
    search = stored.search_of(token, actor=request.actor)
    return Read(search=addresses.laid_over(search, request.GET))


def _group_id(read: Read) -> int | None:
    """Whoever types a GroupID is shown that contact."""
    values = read.search.values
    if len(values) != 1 or read.unread or not set(values) <= {TEXT, "group_id"}:
        return None
    group_id = read_group_id(next(iter(values.values())).text)
    return group_id if group_id is not None and queries.successor_of(group_id) is not None else None


def _only_one(read: Read, found: Listed) -> int | None:
    """Whoever types into the one box what one contact has is shown that contact."""
    is_one = found.counted.number == 1 and not found.counted.is_more
    return found.ids[0] if set(read.search.values) == {TEXT} and is_one else None


def _listed(request: KithRequest, search: Search) -> Listed | None:
    """None where the results are another kind of list, and where the search cannot be carried out: the page
    says why."""
    if search.is_empty or lists_records(search):
        return None
    try:
        return listing.listed(
            search, sight=sight_of(request.actor), place=addresses.place_of(request.GET.dict())
        )
    except Refused:
        return None


def _page(
    request: KithRequest, read: Read, *, token: str, status: int = 200, found: Listed | None = None
) -> HttpResponse:
    sight = sight_of(request.actor)
    shown = rows.columns_of(read.search)
    context: Context = {
        "text": asking_form.text_of(read),
        "criteria": asking_form.drawn(read, sight),
        "is_open": asking_form.is_open(read),
        "views": stored.views_of(request.actor),
        "token": token,
        "address": addresses.address(read.search, token=token) if request.method == "POST" and token else "",
        "search": read.search,
        "columns": shown,
        "may_edit": request.actor.may(Permission.CONTACT_EDIT),
        "asked": bool(request.GET) or request.method == "POST",
        "trouble": "; ".join(read.unread.values()),
    }
    if not read.unread:
        try:
            context |= _results(request, read.search, token=token, sight=sight, found=found)
        except Refused as error:
            context["trouble"], status = error.message, UNPROCESSABLE
    return render_page(request, "find/search.html", context, region="results", status=status)


def _results(
    request: KithRequest, search: Search, *, token: str, sight: Sight, found: Listed | None
) -> Context:
    context: Context = _choosing(request, search, token=token)
    if search.is_empty:
        newest = queries.recently_changed(actor=request.actor)
        return context | _listed_rows([row.pk for row in newest], search, sight) | {"is_newest": True}
    if lists_records(search):
        page = page_of(records_of(search, sight=sight), request, listing.PAGE_SIZE)
        named_as_seen(page.rows, actor=request.actor)
        looking_up.note(search, [one.group_id for one in page.rows if one.group_id], by=request.actor)
        noticing.note(search, found=len(page.rows), is_more=page.has_next, by=request.actor, through="page")
        return context | {"records": page}
    found = found or listing.listed(search, sight=sight, place=addresses.place_of(request.GET.dict()))
    looking_up.note(search, found.ids, by=request.actor)
    noticing.note_listed(search, found, by=request.actor, through="page")
    context |= {"found": found, "links": _links(found, search, token=token)}
    if not found.ids:
        context |= {"alike": _alike(search, sight)}
    return context | _listed_rows(found.ids, search, sight)


def _alike(search: Search, sight: Sight) -> list[ListedContact]:
    return rows.rows_of(sounding.alike(search, sight=sight), shown=rows.columns_of(search), sight=sight)


@needs(Permission.CONTACT_VIEW)
@require_GET
def sounds(request: KithRequest) -> HttpResponse:
    """Whose names only sound like what was asked for; the page asks for them once it stands."""
    token = request.GET.get(KEPT, "")
    read = _kept(request, token) if token else addresses.read(request.GET)
    found = _alike(read.search, sight_of(request.actor))
    context: Context = {
        "alike": found,
        "columns": rows.columns_of(read.search),
        "doubtful": rows.doubtful([one.pk for one in found]),
        "back": _address_of(read, token),
    }
    return render_page(request, "find/sounds.html", context, region="sounds")


def _listed_rows(ids: list[int] | tuple[int, ...], search: Search, sight: Sight) -> Context:
    shown = rows.columns_of(search)
    return {"contacts": rows.rows_of(ids, shown=shown, sight=sight), "doubtful": rows.doubtful(ids)}


def _choosing(request: KithRequest, search: Search, *, token: str) -> Context:
    """What the order, the columns and the view of this search can be."""
    said = addresses.parameters(search, token=token)
    chosen = {one.code for one in rows.columns_of(search)}
    return {
        "kept": [(name, text) for name, text in said if name not in {"sort", "columns"}],
        "order_and_columns": _order_and_columns(
            search.sort.text, tuple((one.code, one.label, one.code in chosen) for one in rows.offered())
        ),
        "words": describe(search),
        "actions": may_be_done(request.actor),
    }


@lru_cache(maxsize=64)
def _order_and_columns(sort: str, offered: tuple[tuple[str, str, bool], ...]) -> SafeString:
    """Kept: forty boxes to tick that hardly anybody opens."""
    context = {"sorts": [(text, label, text == sort) for text, label in _SORTS], "offered": offered}
    return render_to_string("find/_order_and_columns.html", context)


_SORTS: Final = (
    ("found", "Soonest answer"),
    ("name", "Name, A to Z"),
    ("-name", "Name, Z to A"),
    ("-updated", "Updated, newest first"),
    ("updated", "Updated, oldest first"),
    ("-group_id", "GroupID, newest first"),
    ("group_id", "GroupID, oldest first"),
    ("duplicates", "Possible duplicates first"),
)
assert {text.removeprefix("-") for text, _ in _SORTS} == set(SortKey)


def _links(found: Listed, search: Search, *, token: str) -> Context:
    here = addresses.address(search, token=token)
    joined = f"{here}{'&' if '?' in here else '?'}"
    query = joined.partition("?")[2]
    return {
        "next": f"{joined}after={found.after}" if found.after else "",
        "previous": f"{joined}before={found.before}" if found.before else "",
        "count": f"{reverse('find:count')}?{query}",
        "sounds": f"{reverse('find:sounds')}?{query}" if sounding.names_in(search) else "",
        "by_name": f"{joined}sort=name",
    }


@needs(Permission.CONTACT_VIEW)
@require_GET
def count(request: KithRequest) -> HttpResponse:
    """How many there are, exact up to ten thousand; the page asks for it once it stands."""
    token = request.GET.get(KEPT, "")
    read = _kept(request, token) if token else addresses.read(request.GET)
    found = listing.counted(read.search, sight=sight_of(request.actor))
    return render_page(
        request, "find/count.html", {"counted": found, "back": _address_of(read, token)}, region="count"
    )


def _address_of(read: Read, token: str) -> str:
    return addresses.address(read.search, token=token)


@needs(Permission.CONTACT_VIEW)
@require_POST
def save_view(request: KithRequest) -> HttpResponse:
    token = request.POST.get(KEPT, "")
    read = _posted(request, token)
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the view a name of at most 80 characters.")
        return HttpResponseRedirect(_address_of(read, token))
    given = form.cleaned_data
    try:
        saved = actions.save_view(
            actor=request.actor, search=read.search, name=given["name"], is_shared=given["is_shared"]
        )
    except Refused as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(_address_of(read, token))
    messages.success(request, "The view is saved.")
    return HttpResponseRedirect(addresses.address(read.search, token=saved))


def _posted(request: KithRequest, token: str) -> Read:
    if not token:
        return addresses.read(request.POST)
    search = stored.search_of(token, actor=request.actor)
    return Read(search=addresses.laid_over(search, request.POST))


@needs(Permission.CONTACT_VIEW)
@require_POST
def delete_view(request: KithRequest, token: str) -> HttpResponse:
    actions.delete_view(actor=request.actor, token=token)
    messages.success(request, "The view is deleted.")
    return redirect("contacts:search")


@needs(Permission.CONTACT_VIEW)
@require_POST
def do(request: KithRequest, key: str) -> HttpResponse:
    """To the page that does something with everybody found; the search goes along under a token."""
    action = next((one for one in may_be_done(request.actor) if one.key == key), None)
    if action is None:
        raise Http404
    read = _posted(request, request.POST.get(KEPT, ""))
    token = actions.keep_search(actor=request.actor, search=read.search)
    return redirect(f"{reverse(action.url_name)}?{KEPT}={token}")
