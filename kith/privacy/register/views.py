"""The register: what persons asked for, one request, a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit import presenters
from kith.kernel.clock import today
from kith.kernel.errors import Conflict, Refused
from kith.privacy.forms import AnonymiseForm
from kith.privacy.register import actions, queries, rules
from kith.privacy.register.forms import (
    CloseForm,
    ContactForm,
    ExtendForm,
    IdentityForm,
    NewForm,
    OwnerForm,
    RestrictForm,
    SearchForm,
)
from kith.privacy.register.models import Kind, PersonRequest
from kith.privacy.register.rules import Step
from kith.privacy.register.sealing import Said
from kith.privacy.register.sections import requests_in_force
from kith.privacy.retention.sections import kept_for
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page

_ABOUT_DATA: Final = frozenset({Kind.ACCESS, Kind.PORTABILITY})
_DONE: Final = {
    "owner_form": "The request has another owner.",
    "attach_form": "The contact is attached.",
    "identity_form": "It is written down that the identity was checked.",
    "extend_form": "It is extended. Tell the person, and why.",
    "close_form": "The request is closed.",
    "restrict_form": "Its processing is restricted from now on. Answer the person.",
    "erase_form": "Anonymising is ordered. Answer the person when it is done and proved.",
}
Act = Callable[[dict[str, Any]], object]


@needs(Permission.PRIVACY_VIEW)
@require_GET
def request_list(request: KithRequest) -> HttpResponse:
    form = SearchForm(request.GET, owners=queries.officers())
    page = page_of(form.search().rows(actor=request.actor), request)
    context = {
        "form": form,
        "page": page,
        "counts": queries.counts(actor=request.actor),
        "today": today(),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "has_public_form": requests_in_force().has_public_form,
        "mail_stays_here": settings.MAIL_STAYS_HERE,
        "may_edit": request.actor.may(Permission.PRIVACY_EDIT),
        "me": request.actor.user_id,
    }
    return render_page(request, "register/list.html", context, region="rows")


@needs(Permission.PRIVACY_EDIT)
@sensitive_post_parameters("name", "reach", "words")
@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: KithRequest) -> HttpResponse:
    if request.method != "POST":
        first = {"received_on": today(), "contact": request.GET.get("contact", "")}
        return _new_page(request, NewForm(initial=first))
    form = NewForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.receive_request(
                actor=request.actor,
                kind=given["kind"],
                channel=given["channel"],
                received_on=given["received_on"],
                said=form.said(),
                contact_id=given["contact"],
            )
        except Refused as refused:
            _show(form, refused)
        else:
            messages.success(request, f"Request {made.pk} is in the register.")
            return redirect("register:request", made.pk)
    return _new_page(request, form, status=UNPROCESSABLE)


@needs(Permission.PRIVACY_VIEW)
@require_GET
def request_detail(request: KithRequest, request_id: int) -> HttpResponse:
    return _page(request, queries.request_of(request_id, actor=request.actor))


@needs(Permission.PRIVACY_EDIT)
@require_POST
def words(request: KithRequest, request_id: int) -> HttpResponse:
    """Shown in this answer only, and kept by no cache."""
    found = queries.request_of(request_id, actor=request.actor)
    said = actions.read_words(actor=request.actor, request_id=request_id)
    page = _page(request, found, said=said)
    page["Cache-Control"] = "private, no-store"
    return page


@needs(Permission.PRIVACY_EDIT)
@require_POST
def take(request: KithRequest, request_id: int) -> HttpResponse:
    return _simple(request, request_id, actions.take_request, "The request is yours.")


@needs(Permission.PRIVACY_EDIT)
@require_POST
def work(request: KithRequest, request_id: int) -> HttpResponse:
    return _simple(request, request_id, actions.begin_work, "The request is in work.")


@needs(Permission.PRIVACY_EDIT)
@require_POST
def assign(request: KithRequest, request_id: int) -> HttpResponse:
    form = OwnerForm(request.POST, owners=queries.officers())
    return _formed(
        request,
        request_id,
        "owner_form",
        form,
        lambda given: actions.assign_request(**_whose(request, request_id), owner_id=form.owner_id()),
    )


@needs(Permission.PRIVACY_EDIT)
@require_POST
def attach(request: KithRequest, request_id: int) -> HttpResponse:
    form = ContactForm(request.POST)
    return _formed(
        request,
        request_id,
        "attach_form",
        form,
        lambda given: actions.attach_contact(**_whose(request, request_id), contact_id=given["contact"]),
    )


@needs(Permission.PRIVACY_EDIT)
@require_POST
def identify(request: KithRequest, request_id: int) -> HttpResponse:
    form = IdentityForm(request.POST)
    return _formed(
        request,
        request_id,
        "identity_form",
        form,
        lambda given: actions.check_identity(**_whose(request, request_id), how=given["how"]),
    )


@needs(Permission.PRIVACY_EDIT)
@require_POST
def extend(request: KithRequest, request_id: int) -> HttpResponse:
    form = ExtendForm(request.POST)
    return _formed(
        request,
        request_id,
        "extend_form",
        form,
        lambda given: actions.extend_request(
            **_whose(request, request_id), months=given["months"], reason=given["reason"]
        ),
    )


@needs(Permission.PRIVACY_EDIT)
@require_POST
def close(request: KithRequest, request_id: int) -> HttpResponse:
    form = CloseForm(request.POST)
    return _formed(
        request,
        request_id,
        "close_form",
        form,
        lambda given: actions.close_request(
            **_whose(request, request_id), how=Step(given["ending"]), outcome=given["outcome"]
        ),
    )


@needs(Permission.CONTACT_ANONYMISE)
@sensitive_post_parameters("password")
@require_POST
def erase(request: KithRequest, request_id: int) -> HttpResponse:
    form = AnonymiseForm(request.POST, user=_user(request))
    return _formed(
        request,
        request_id,
        "erase_form",
        form,
        lambda given: actions.order_erasing(
            **_whose(request, request_id), typed_group_id=given["typed_group_id"]
        ),
    )


@needs(Permission.CONTACT_SUPPRESS)
@require_POST
def restrict(request: KithRequest, request_id: int) -> HttpResponse:
    form = RestrictForm(request.POST)
    return _formed(
        request,
        request_id,
        "restrict_form",
        form,
        lambda given: actions.restrict_processing(**_whose(request, request_id), note=given["note"]),
    )


def _simple(
    request: KithRequest, request_id: int, act: Callable[..., PersonRequest], said: str
) -> HttpResponse:
    queries.request_of(request_id, actor=request.actor)
    try:
        act(**_whose(request, request_id))
    except (Refused, Conflict) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said)
    return redirect("register:request", request_id)


def _formed(request: KithRequest, request_id: int, name: str, form: forms.Form, act: Act) -> HttpResponse:
    found = queries.request_of(request_id, actor=request.actor)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except (Refused, Conflict) as error:
            _show(form, error)
        else:
            messages.success(request, _DONE[name])
            return redirect("register:request", request_id)
    return _page(request, found, form=(name, form), status=UNPROCESSABLE)


def _whose(request: KithRequest, request_id: int) -> dict[str, Any]:
    """Of all actions on a request. `version`: as the page was when it was drawn."""
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return {"actor": request.actor, "request_id": request_id, "version": version}


def _show(form: forms.Form, error: Refused | Conflict) -> None:
    places = {name: said for name, said in error.fields.items() if name in form.fields}
    for name, said in places.items():
        form.add_error(name, said)
    if not places:
        form.add_error(None, error.message)


def _new_page(request: KithRequest, form: NewForm, *, status: int = 200) -> HttpResponse:
    return render_page(request, "register/new.html", {"form": form}, status=status)


def _page(
    request: KithRequest,
    found: PersonRequest,
    *,
    said: Said | None = None,
    form: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_edit = request.actor.may(Permission.PRIVACY_EDIT)
    stand = queries.stand_of(found)
    context: dict[str, object] = {
        "one": found,
        "contact_id": queries.leads_to(found),
        "said": said,
        "today": today(),
        "is_overdue": found.is_open and found.due_on < today(),
        "may": {str(step): may_edit and bool(rules.may(step, stand)) for step in Step},
        "against": {str(step): rules.may(step, stand).reasons for step in (Step.ANSWER, Step.ERASE)},
        "may_edit": may_edit,
        "may_erase": request.actor.may(Permission.CONTACT_ANONYMISE),
        "may_suppress": request.actor.may(Permission.CONTACT_SUPPRESS),
        "is_restricted": stand.is_restricted,
        "may_report": request.actor.may(Permission.CONTACT_REPORT),
        "is_mine": found.owner_id is not None and found.owner_id == request.actor.user_id,
        "is_about_data": found.kind in _ABOUT_DATA,
        "history": [
            (one, presenters.words(one.event)) for one in queries.history_of(found.pk, actor=request.actor)
        ],
        "words_kept": kept_for("request_words"),
        **_forms(request, found, may_answer=bool(rules.may(Step.ANSWER, stand))),
    }
    context |= dict([form]) if form else {}
    return render_page(request, "register/request.html", context, status=status)


def _forms(request: KithRequest, found: PersonRequest, *, may_answer: bool) -> Mapping[str, forms.Form]:
    return {
        "owner_form": OwnerForm(owners=queries.officers(), now=found.owner_id),
        "attach_form": ContactForm(),
        "identity_form": IdentityForm(),
        "extend_form": ExtendForm(),
        "close_form": CloseForm(initial={} if may_answer else {"ending": None}),
        "restrict_form": RestrictForm(),
        "erase_form": AnonymiseForm(user=_user(request)),
    }


def _user(request: KithRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
