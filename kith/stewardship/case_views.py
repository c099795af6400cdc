"""Stewardship cases: the list, one with its notes, and asking for help."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.panels import Opened
from kith.kernel.errors import NotFound, Refused
from kith.stewardship import actions, cases
from kith.stewardship.case_forms import CaseFilterForm, HelpForm, NoteForm, OwnerForm
from kith.stewardship.models import Case
from kith.stewardship.stewards import stewards
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.CONTACT_GROUP)
@require_GET
def case_list(request: KithRequest) -> HttpResponse:
    form = CaseFilterForm(request.GET, owners=stewards())
    asked = form.asked()
    found = cases.cases(actor=request.actor, state=asked["state"], kind=asked["kind"], owner=asked["owner"])
    context = {
        "form": form,
        "page": page_of(found, request),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render_page(request, "stewardship/case_list.html", context, region="rows")


@needs(Permission.CONTACT_GROUP)
@require_GET
def case_detail(request: KithRequest, case_id: int) -> HttpResponse:
    case = cases.case_of(case_id, actor=request.actor)
    return _case_page(request, case, NoteForm())


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
def new_case(request: KithRequest) -> HttpResponse:
    if request.method != "POST":
        return _help_page(request, HelpForm(initial={"contact": request.GET.get("contact", "")}))
    form = HelpForm(request.POST)
    if not form.is_valid():
        return _help_page(request, form, status=422)
    said = form.cleaned_data
    try:
        case = actions.ask_for_help(
            actor=request.actor, title=said["title"], text=said["text"], contact_id=said["contact"]
        )
    except NotFound as error:
        form.add_error("contact", error.message)
        return _help_page(request, form, status=422)
    messages.success(request, "The case is open.")
    return redirect("cases:detail", case.pk)


@needs(Permission.CONTACT_GROUP)
@require_POST
def take(request: KithRequest, case_id: int) -> HttpResponse:
    return _done(request, case_id, _take)


@needs(Permission.CONTACT_GROUP)
@require_POST
def assign(request: KithRequest, case_id: int) -> HttpResponse:
    return _done(request, case_id, _assign)


@needs(Permission.CONTACT_GROUP)
@require_POST
def resolve(request: KithRequest, case_id: int) -> HttpResponse:
    return _done(request, case_id, _resolve)


@needs(Permission.CONTACT_GROUP)
@require_POST
def reopen(request: KithRequest, case_id: int) -> HttpResponse:
    return _done(request, case_id, _reopen)


@needs(Permission.CONTACT_GROUP)
@require_POST
def add_note(request: KithRequest, case_id: int) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        case = cases.case_of(case_id, actor=request.actor)
        return _case_page(request, case, form, status=422)
    actions.add_note(actor=request.actor, case_id=case_id, text=form.cleaned_data["text"])
    messages.success(request, "The note was added.")
    return redirect("cases:detail", case_id)


def _take(request: KithRequest, case_id: int) -> str:
    actions.take_case(actor=request.actor, case_id=case_id)
    return "The case is yours."


def _assign(request: KithRequest, case_id: int) -> str:
    form = OwnerForm(request.POST, owners=stewards())
    if not form.is_valid():
        raise Refused("This user may not work on cases.")
    owner_id = form.owner_id()
    actions.assign_case(actor=request.actor, case_id=case_id, owner_id=owner_id)
    return "The case has another owner." if owner_id else "The case is nobody's again."


def _resolve(request: KithRequest, case_id: int) -> str:
    actions.resolve_case(actor=request.actor, case_id=case_id)
    return "The case is resolved."


def _reopen(request: KithRequest, case_id: int) -> str:
    actions.reopen_case(actor=request.actor, case_id=case_id)
    return "The case is open again."


def _done(request: KithRequest, case_id: int, do: Callable[[KithRequest, int], str]) -> HttpResponse:
    try:
        messages.success(request, do(request, case_id))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("cases:detail", case_id)


def _case_page(request: KithRequest, case: Case, form: NoteForm, *, status: int = 200) -> HttpResponse:
    context = {
        "case": case,
        "notes": page_of(cases.notes_of(case), request),
        "note_form": form,
        "owner_form": OwnerForm(owners=stewards(), now=case.owner_id),
        "is_resolved": case.state == Case.State.RESOLVED,
        "is_mine": case.owner_id is not None and case.owner_id == request.actor.user_id,
    }
    return render_page(request, "stewardship/case_detail.html", context, status=status)


def _help_page(request: KithRequest, form: HelpForm, *, status: int = 200) -> HttpResponse:
    return render_page(request, "stewardship/case_form.html", {"form": form}, status=status)


def cases_panel(opened: Opened) -> dict[str, object]:
    """The newest cases of a contact."""
    if not opened.tally["cases"]:
        return {"cases": []}
    found = cases.cases(actor=opened.actor, contact_id=opened.contact.pk)
    return {"cases": list(found[:5])}
