"""Accounts: added, edited, moved from state to state, posted to."""

from __future__ import annotations

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.accounts import actions, queries, rules
from kith.accounts.addresses import addresses_of
from kith.accounts.forms import AccountForm, PostingForm, of_account
from kith.accounts.models import Account
from kith.contacts.models import Contact
from kith.contacts.queries import opened
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.sources.doors.holding import is_erased
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page

_VERBS: Final = {"active": "Make active", "suspended": "Suspend", "terminated": "Terminate"}


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def add_account(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = active_contact(request, contact_id)
    form = AccountForm(_sent(request), addresses=addresses_of(contact_id, actor=request.actor))
    if form.is_valid():
        try:
            account = actions.add_account(actor=request.actor, contact_id=contact_id, details=form.details())
        except Refused as refused:
            form.say(refused)
        else:
            messages.success(request, "Account added.")
            return redirect("accounts:detail", account.pk)
    back = _tab_of(contact_id)
    return _form(request, form, heading="Add an account", contact=contact, back=back)


@needs(Permission.CONTACT_VIEW)
@require_GET
def account_detail(request: KithRequest, account_id: int) -> HttpResponse:
    account = queries.account_of(account_id, actor=request.actor)
    rows = queries.transactions_of(account).order_by("-date", "-pk")
    context = {
        "line": queries.account_line(account),
        "contact": _contact_of(account),
        "page": page_of(rows, request),
        "may_edit": _may_edit(request, account),
        "moves": [(state, _VERBS[state]) for state in _VERBS if state in rules.moves_of(account)],
    }
    return render_page(request, "accounts/account_detail.html", context)


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_account(request: KithRequest, account_id: int) -> HttpResponse:
    account = queries.account_of(account_id, actor=request.actor)
    contact = _contact_of(account)
    addresses = addresses_of(contact.pk, actor=request.actor) if contact else []
    form = AccountForm(_sent(request), addresses=addresses, initial=of_account(account))
    if form.is_valid():
        try:
            actions.edit_account(
                actor=request.actor,
                account_id=account_id,
                details=form.details(),
                seen=form.cleaned_data["seen"],
            )
        except Conflict as conflict:
            account.refresh_from_db()
            form.meet(of_account(account), message=conflict.message)
        except Refused as refused:
            form.say(refused)
        else:
            messages.success(request, "Saved.")
            return redirect("accounts:detail", account_id)
    back = reverse("accounts:detail", args=[account_id])
    return _form(request, form, heading=f"Edit account {account.number}", contact=contact, back=back)


@needs(Permission.CONTACT_EDIT)
@require_POST
def move_account(request: KithRequest, account_id: int) -> HttpResponse:
    try:
        account = actions.move_account(
            actor=request.actor, account_id=account_id, to=request.POST.get("to", "")
        )
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"The account is {account.get_state_display().lower()} now.")
    return redirect("accounts:detail", account_id)


@needs(Permission.CONTACT_EDIT)
@require_POST
def delete_account(request: KithRequest, account_id: int) -> HttpResponse:
    account = queries.account_of(account_id, actor=request.actor)
    contact_id = queries.contact_of(account.record_id)
    try:
        actions.delete_account(actor=request.actor, account_id=account_id)
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("accounts:detail", account_id)
    messages.success(request, "The account is deleted.")
    return redirect(_tab_of(contact_id) if contact_id else reverse("accounts:suspense"))


@needs(Permission.CONTACT_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def post_transaction(request: KithRequest, account_id: int) -> HttpResponse:
    account = queries.account_of(account_id, actor=request.actor)
    form = PostingForm(_sent(request))
    if form.is_valid():
        try:
            actions.post(actor=request.actor, account_id=account_id, posting=form.posting())
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "The transaction is posted.")
            return redirect("accounts:detail", account_id)
    back = reverse("accounts:detail", args=[account_id])
    heading = f"Post to account {account.number}, in {account.currency}"
    return _form(request, form, heading=heading, contact=_contact_of(account), back=back)


@needs(Permission.CONTACT_EDIT)
@require_POST
def set_billed(request: KithRequest, transaction_id: int) -> HttpResponse:
    found = actions.set_billed(
        actor=request.actor, transaction_id=transaction_id, is_unbilled=request.POST.get("unbilled") == "yes"
    )
    messages.success(request, "Saved.")
    return redirect("accounts:detail", found.account_id)


@needs(Permission.SETTINGS_VIEW)
@require_GET
def suspense(request: KithRequest) -> HttpResponse:
    account = queries.suspense_account(actor=request.actor)
    if account is not None:
        return redirect("accounts:detail", account.pk)
    context = {"may_edit": request.actor.may(Permission.SETTINGS_EDIT)}
    return render_page(request, "accounts/suspense.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def make_suspense(request: KithRequest) -> HttpResponse:
    first = {"number": "SUSPENSE", "name": "Suspense Account", "currency": "EUR"}
    form = AccountForm(_sent(request), addresses=[], initial=first)
    if form.is_valid():
        try:
            account = actions.make_suspense_account(actor=request.actor, details=form.details())
        except Refused as refused:
            form.say(refused)
        else:
            messages.success(request, "The Suspense Account is there.")
            return redirect("accounts:detail", account.pk)
    back = reverse("accounts:suspense")
    return _form(request, form, heading="Make the Suspense Account", contact=None, back=back)


def active_contact(request: KithRequest, contact_id: int) -> Contact:
    contact = opened(contact_id, actor=request.actor)
    if contact.state != Contact.State.ACTIVE:
        raise NotFound("This GroupID is retired.")
    return contact


def _contact_of(account: Account) -> Contact | None:
    contact_id = queries.contact_of(account.record_id)
    return Contact.objects.only("name").filter(pk=contact_id).first() if contact_id else None


def _may_edit(request: KithRequest, account: Account) -> bool:
    needed = Permission.SETTINGS_EDIT if account.is_suspense else Permission.CONTACT_EDIT
    return request.actor.may(needed) and not is_erased(account.record_id)


def _tab_of(contact_id: int) -> str:
    return reverse("contacts:tab", args=[contact_id, "accounts"])


def _sent(request: KithRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form(
    request: KithRequest, form: forms.Form, *, heading: str, contact: Contact | None, back: str
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "contact": contact,
        "back": back,
        "classifications": queries.classifications() if isinstance(form, AccountForm) else [],
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render_page(request, "accounts/accounts_form.html", context, status=status)
