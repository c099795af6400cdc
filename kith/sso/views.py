"""Single sign-on: search accounts at the identity provider, look at one, change it, delete it.

SSO IDs and what is searched never stand in an address: an account is opened under a word that means something
in one session only.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.sso import actions, queries
from kith.sso.forms import ProfileForm, SearchForm, form_of
from kith.sso.provider import Account, Found
from kith.sso.refs import ref_of
from kith.sso.scim import PAGE
from kith.web.rendering import render_page

UNPROCESSABLE: Final = 422
_OPEN: Final = "sso_open"
_MOST_OPEN: Final = 200


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
        "found": found,
        "rows": _rows(request, found) if found else [],
        "page": page,
        "has_next": found is not None and page * PAGE < found.total,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render_page(request, "sso/search.html", context, status=status)


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
        messages.success(request, "Saved. It counts at the identity provider at once.")
        return redirect("sso:account", opened)
    return _account_page(request, opened, read, form, status=UNPROCESSABLE)


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
        messages.success(request, "The account is deleted at the identity provider.")
        return redirect("sso:search")
    context = {"opened": opened, "account": _read(request, sso_id), "ref": ref_of(sso_id)}
    return render_page(request, "sso/delete.html", context)


def _read(request: KithRequest, sso_id: str) -> Account | None:
    """None where the provider does not answer, which the page says."""
    try:
        return queries.open_account(sso_id, actor=request.actor)
    except Refused as refused:
        messages.error(request, refused.message)
        return None


def _account_page(
    request: KithRequest, opened: str, read: Account | None, form: ProfileForm | None, *, status: int = 200
) -> HttpResponse:
    ref = ref_of(read.profile.sso_id) if read else None
    context = {
        "opened": opened,
        "account": read,
        "parts": _parts(read) if read else (),
        "form": form,
        "ref": ref,
        "may_edit": request.actor.may(Permission.SSO_EDIT),
    }
    return render_page(request, "sso/account.html", context, status=status)


def _parts(read: Account) -> tuple[tuple[str, object], ...]:
    return (
        ("Social accounts", read.social),
        ("Linked accounts", read.linked),
        ("Customer claims", read.claims),
        ("Communication permissions", read.permissions),
    )


def _page(request: KithRequest) -> int:
    asked = request.POST.get("page", "1")
    return min(int(asked), 10_000) if asked.isascii() and asked.isdigit() and int(asked[:6]) else 1


def _rows(request: KithRequest, found: Found) -> list[dict[str, object]]:
    return [{"profile": one, "opened": _opened(request, one.sso_id)} for one in found.rows]


def _opened(request: KithRequest, sso_id: str) -> str:
    """The word under which this session opens the account."""
    known: dict[str, str] = dict(request.session.get(_OPEN, {}))
    found = next((word for word, stands_for in known.items() if stands_for == sso_id), "")
    if found:
        return found
    word = secrets.token_urlsafe(9)
    known[word] = sso_id
    request.session[_OPEN] = dict(list(known.items())[-_MOST_OPEN:])
    return word


def _sso_id(request: KithRequest, opened: str) -> str:
    found = request.session.get(_OPEN, {}).get(opened)
    if not isinstance(found, str):
        raise NotFound("This address belongs to another session. Search the account again.")
    return found
