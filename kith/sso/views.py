"""Single sign-on: search accounts at the identity provider, look at one, change it, delete it; add and link
those that Kith keeps itself.

SSO IDs and what is searched never stand in an address.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.sso import actions, queries
from kith.sso.forms import LinkedForm, NewAccountForm, ProfileForm, SearchForm, form_of, linked_form_of
from kith.sso.opened import sso_id_of, words_for
from kith.sso.provider import PAGE, Account, Found
from kith.sso.refs import ref_of
from kith.web.rendering import UNPROCESSABLE, render_page

_LINKED: Final = "Linked accounts"


@needs(Permission.SSO_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: KithRequest) -> HttpResponse:
    form = SearchForm(request.POST if request.method == "POST" else None)
    found, page = None, _page(request)
    if form.is_valid():
        by, value = form.asked()
        try:
            found = queries.find(by, value, actor=request.actor, page=page)
        except Refused as refused:
            form.add_error(None, refused.message)
    context = {
        "form": form,
        "is_configured": queries.is_configured(),
        "is_built_in": queries.is_built_in(),
        "may_edit": request.actor.may(Permission.SSO_EDIT),
        "may_set_up": request.actor.may(Permission.SETTINGS_EDIT),
        "found": found,
        "rows": _rows(request, found) if found else [],
        "page": page,
        "has_next": found is not None and page * PAGE < found.total,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render_page(request, "sso/search.html", context, status=status)


@needs(Permission.SSO_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: KithRequest) -> HttpResponse:
    """Of those that Kith keeps itself."""
    if not queries.is_built_in():
        raise NotFound(queries.ADDED_THERE)
    form, status = NewAccountForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        try:
            sso_id = actions.add_account(actor=request.actor, words=form.words())
        except (Refused, Conflict) as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            messages.success(request, "The account is added.")
            return redirect("sso:account", _opened(request, sso_id))
    status = UNPROCESSABLE if form.errors and status == 200 else status
    return render_page(request, "sso/new.html", {"form": form}, status=status)


@needs(Permission.SSO_VIEW)
@require_GET
def of_record(request: KithRequest, record_id: int) -> HttpResponse:
    """Update SSO ID …, from the contact."""
    return redirect("sso:account", _opened(request, queries.sso_id_of(record_id, actor=request.actor)))


@needs(Permission.SSO_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: KithRequest, opened: str) -> HttpResponse:
    """POST asks for more than this view does: the action says so."""
    sso_id = _sso_id(request, opened)
    if request.method != "POST":
        read = _read(request, sso_id)
        return _account_page(request, opened, read, form_of(read) if read else None)
    form = ProfileForm(request.POST)
    read = queries.open_account(sso_id, actor=request.actor)
    if form.is_valid():
        seen = replace(read, version=form.cleaned_data["seen"])
        try:
            actions.update_account(actor=request.actor, sso_id=sso_id, change=form.change(), seen=seen)
        except (Refused, Conflict) as error:
            form.add_error(None, error.message)
            return _account_page(request, opened, read, form, status=error.status)
        messages.success(request, "Saved. It takes effect at once.")
        return redirect("sso:account", opened)
    return _account_page(request, opened, read, form, status=UNPROCESSABLE)


@needs(Permission.SSO_EDIT)
@require_POST
def link(request: KithRequest, opened: str) -> HttpResponse:
    sso_id, form = _sso_id(request, opened), LinkedForm(request.POST)
    read = queries.open_account(sso_id, actor=request.actor)
    if not form.is_valid():
        return _account_page(request, opened, read, form_of(read), linked=form, status=UNPROCESSABLE)
    seen = replace(read, version=form.cleaned_data["seen"])
    try:
        actions.link_account(
            actor=request.actor, sso_id=sso_id, linked=form.cleaned_data["linked"], seen=seen
        )
    except (Refused, Conflict) as error:
        form.add_error(None, error.message)
        return _account_page(request, opened, read, form_of(read), linked=form, status=error.status)
    messages.success(request, "Saved. The account is found by these System Refs now.")
    return redirect("sso:account", opened)


@needs(Permission.SSO_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: KithRequest, opened: str) -> HttpResponse:
    sso_id = _sso_id(request, opened)
    if request.method == "POST":
        try:
            actions.delete_account(actor=request.actor, sso_id=sso_id)
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("sso:account", opened)
        messages.success(request, "The account is deleted.")
        return redirect("sso:search")
    context = {
        "opened": opened,
        "account": _read(request, sso_id),
        "ref": ref_of(sso_id),
        "is_built_in": queries.is_built_in(),
    }
    return render_page(request, "sso/delete.html", context)


def _read(request: KithRequest, sso_id: str) -> Account | None:
    """None where the provider does not answer, which the page says."""
    try:
        return queries.open_account(sso_id, actor=request.actor)
    except Refused as refused:
        messages.error(request, refused.message)
        return None


def _account_page(
    request: KithRequest,
    opened: str,
    read: Account | None,
    form: ProfileForm | None,
    *,
    linked: LinkedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    ref = ref_of(read.profile.sso_id) if read else None
    is_built_in, may_edit = queries.is_built_in(), request.actor.may(Permission.SSO_EDIT)
    if form and is_built_in:
        form.fields["is_active"].label = "Active"
    parts = _parts(read) if read else {}
    if read and is_built_in and may_edit:
        linked = linked or linked_form_of(read)
        del parts[_LINKED]
    context = {
        "opened": opened,
        "account": read,
        "parts": parts,
        "form": form,
        "ref": ref,
        "linked": linked,
        "is_built_in": is_built_in,
        "may_edit": may_edit,
    }
    return render_page(request, "sso/account.html", context, status=status)


def _parts(read: Account) -> dict[str, object]:
    return {
        "Social accounts": read.social,
        _LINKED: read.linked,
        "Customer claims": read.claims,
        "Communication permissions": read.permissions,
    }


def _page(request: KithRequest) -> int:
    asked = request.POST.get("page", "1")
    return min(int(asked), 10_000) if asked.isascii() and asked.isdigit() and int(asked[:6]) else 1


def _rows(request: KithRequest, found: Found) -> list[dict[str, object]]:
    words = words_for(request.session, [one.sso_id for one in found.rows])
    return [{"profile": one, "opened": word} for one, word in zip(found.rows, words, strict=True)]


def _opened(request: KithRequest, sso_id: str) -> str:
    (word,) = words_for(request.session, [sso_id])
    return word


def _sso_id(request: KithRequest, opened: str) -> str:
    found = sso_id_of(request.session, opened)
    if found is None:
        raise NotFound("This address belongs to another session. Search the account again.")
    return found
