"""The page of the organisation: its tree, its users, and the forms that change them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, Refused
from kith.kernel.seen import state_of
from kith.organisation import actions, queries
from kith.organisation.forms import PartForm, UserPlaceForm
from kith.organisation.levels import AnyPart, Level
from kith.web.rendering import UNPROCESSABLE, render_page
from kith.web.telling import told


@needs(Permission.SETTINGS_VIEW)
@require_GET
def show_tree(request: KithRequest) -> HttpResponse:
    context = {
        "tree": queries.tree(actor=request.actor),
        "users": queries.users(actor=request.actor),
        "may_edit": request.actor.may(Permission.SETTINGS_EDIT),
    }
    return render_page(request, "organisation/organisation.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_part(request: KithRequest, level: str, parent_id: int | None = None) -> HttpResponse:
    of = _level(level)
    if of.above is not None and parent_id is not None:
        parent = queries.part_of(of.above, parent_id, actor=request.actor).name
    elif of.above is None and parent_id is None:
        parent = ""
    else:
        raise Http404
    form = PartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.add_part(
                actor=request.actor,
                level=of,
                name=form.cleaned_data["name"],
                parent_id=parent_id,
                group_id=form.cleaned_data["contact"],
            )
        except Refused as refused:
            _say(form, refused)
        else:
            messages.success(request, f"{of.label} added.")
            return redirect("organisation:tree")
    return _form(request, form, heading=f"Add a {of}", where=parent)


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_part(request: KithRequest, level: str, part_id: int) -> HttpResponse:
    of = _level(level)
    part = queries.part_of(of, part_id, actor=request.actor)
    form = PartForm(request.POST if request.method == "POST" else None, initial=_stated(part))
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.edit_part(
                actor=request.actor,
                level=of,
                part_id=part_id,
                name=given["name"],
                group_id=given["contact"],
                seen=given["seen"],
            )
        except Conflict as conflict:
            part = queries.part_of(of, part_id, actor=request.actor)
            form.meet(_stated(part), message=conflict.message)
        except Refused as refused:
            _say(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("organisation:tree")
    return _form(request, form, heading=f"Edit {part.name}", remove=(of, part_id))


@needs(Permission.SETTINGS_EDIT)
@require_POST
def remove_part(request: KithRequest, level: str, part_id: int) -> HttpResponse:
    of = _level(level)
    with told(request, done=f"{of.label} removed."):
        actions.remove_part(actor=request.actor, level=of, part_id=part_id)
    return redirect("organisation:tree")


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def place_user(request: KithRequest, user_id: int) -> HttpResponse:
    user = queries.user_of(user_id, actor=request.actor)
    place = getattr(user, "place", None)
    initial = {
        "unit": place.unit_id if place else None,
        "contact": queries.group_id_of(place.record_id) if place else None,
    }
    form = UserPlaceForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.place_user(
                actor=request.actor, user_id=user_id, unit_id=given["unit"], group_id=given["contact"]
            )
        except Refused as refused:
            _say(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("organisation:tree")
    return _form(request, form, heading=user.name, where="Where this user belongs")


def _stated(part: AnyPart) -> dict[str, str | int | None]:
    """To begin the form with."""
    details = queries.part_details(part)
    return {"name": details.name, "contact": details.contact, "seen": state_of(details)}


def _level(text: str) -> Level:
    try:
        return Level(text)
    except ValueError:
        raise Http404 from None


def _say(form: forms.Form, refused: Refused) -> None:
    for field, sentence in (refused.fields or {"": refused.message}).items():
        form.add_error(field if field in form.fields else None, sentence)


def _form(
    request: KithRequest,
    form: forms.Form,
    *,
    heading: str,
    where: str = "",
    remove: tuple[Level, int] | None = None,
) -> HttpResponse:
    context = {"form": form, "heading": heading, "where": where, "remove": remove}
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "organisation/organisation_form.html", context, status=status)
