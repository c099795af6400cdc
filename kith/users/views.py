"""User administration."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.models import User
from kith.access.permissions import Permission
from kith.kernel.errors import Refused
from kith.users import actions, passwords, queries
from kith.users.forms import AddUserForm, EditUserForm, UserForm
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.USER_VIEW)
@require_GET
def user_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.users(actor=request.actor), request)
    context = {
        "page": page,
        "locked": queries.locked_out(actor=request.actor),
        "may_edit": request.actor.may(Permission.USER_EDIT),
    }
    return render_page(request, "users/user_list.html", context)


@needs(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def user_add(request: KithRequest) -> HttpResponse:
    form = AddUserForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        added = _add(request, form)
        if added is not None:
            return added
    status = 422 if form.is_bound else 200
    return render_page(request, "users/user_add.html", {"form": form}, status=status)


def _add(request: KithRequest, form: AddUserForm) -> HttpResponse | None:
    typed = form.cleaned_data["password"]
    password = typed or passwords.generated()
    try:
        user = actions.add_user(
            actor=request.actor,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            roles=form.cleaned_data["roles"],
            password=password,
        )
    except Refused as refused:
        _show(form, refused)
        return None
    if typed:
        messages.success(request, f"{user.name} was added.")
    else:
        _show_once(request, user, password)
    return redirect("users:list")


@needs(Permission.USER_EDIT)
@require_http_methods(["GET", "POST"])
def user_edit(request: KithRequest, user_id: int) -> HttpResponse:
    user = queries.user(user_id, actor=request.actor)
    form = EditUserForm(
        request.POST if request.method == "POST" else None,
        initial={"name": user.name, "email": user.email, "roles": user.roles, "is_active": user.is_active},
    )
    if form.is_valid() and _edit(request, user, form):
        messages.success(request, f"{form.cleaned_data['name']} was saved.")
        return redirect("users:list")
    context = {
        "form": form,
        "edited": user,
        "is_locked": user.email in queries.locked_out(actor=request.actor),
    }
    return render_page(request, "users/user_edit.html", context, status=422 if form.is_bound else 200)


def _edit(request: KithRequest, user: User, form: EditUserForm) -> bool:
    try:
        actions.edit_user(
            actor=request.actor,
            user_id=user.pk,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            roles=form.cleaned_data["roles"],
            is_active=form.cleaned_data["is_active"],
        )
    except Refused as refused:
        _show(form, refused)
        return False
    return True


@needs(Permission.USER_EDIT)
@require_POST
def user_unlock(request: KithRequest, user_id: int) -> HttpResponse:
    user = actions.unlock_user(actor=request.actor, user_id=user_id)
    messages.success(request, f"{user.name} can sign in again.")
    return redirect("users:list")


@needs(Permission.USER_EDIT)
@require_POST
def user_new_password(request: KithRequest, user_id: int) -> HttpResponse:
    password = passwords.generated()
    user = actions.set_password(actor=request.actor, user_id=user_id, password=password)
    _show_once(request, user, password)
    return redirect(reverse("users:list"))


def _show_once(request: KithRequest, user: User, password: str) -> None:
    messages.success(
        request, f"The password of {user.name} is {password} · write it down, it is not shown again."
    )


def _show(form: UserForm, refused: Refused) -> None:
    if not refused.fields:
        form.add_error(None, refused.message)
    for field, sentence in refused.fields.items():
        form.add_error(field, sentence)
