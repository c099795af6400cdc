"""Where a shadow run begins: from an editor, from a model, or by hand."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.golden import draft as golden_draft
from kith.golden import views as golden_views
from kith.grouping.recipe import model_queries, rule_draft, rule_views
from kith.grouping.recipe.versions import guards_in_force
from kith.grouping.what_if import actions, start
from kith.grouping.what_if.candidate import Candidate
from kith.kernel.errors import DomainError, Refused
from kith.matching.records import COMPANY
from kith.matching.rules import validate
from kith.web.rendering import render_page


@needs(Permission.RULES_EDIT)
@require_GET
def new(request: KithRequest) -> HttpResponse:
    return _form(request)


def _form(request: KithRequest, *, problem: str = "") -> HttpResponse:
    posted, guards = request.POST.dict(), guards_in_force().guards
    context = {
        "offered": start.offered(posted),
        "guards": guards,
        "chosen": posted,
        "names_alone": "names_alone" in posted if posted else guards.names_alone,
        "details_alone": "details_alone" in posted if posted else guards.details_alone,
        "problem": problem,
    }
    return render_page(request, "grouping/what_if_form.html", context, status=422 if problem else 200)


@needs(Permission.RULES_EDIT)
@require_POST
def begin(request: KithRequest) -> HttpResponse:
    try:
        with transaction.atomic():  # refused, it leaves no draft of other thresholds behind
            return _started(request, start.read(request.POST.dict(), actor=request.actor))
    except DomainError as refused:
        return _form(request, problem=refused.message)


@needs(Permission.RULES_EDIT)
@require_POST
def rules(request: KithRequest) -> HttpResponse:
    """The matching rules as they stand in the editor; nothing of them is saved."""
    edited = rule_draft.read(request.POST).rules
    problems: Sequence[str] = validate(edited)
    if not problems:
        try:
            return _started(request, Candidate(rules=edited))
        except Refused as refused:
            problems = [refused.message]
    return rule_views.editor(request, edited, problems=problems)


@needs(Permission.RULES_EDIT)
@require_POST
def model(request: KithRequest, model_id: int) -> HttpResponse:
    version = model_queries.opened(model_id, actor=request.actor)
    if version.kind == COMPANY:
        return _started(request, Candidate(company_model_id=version.pk))
    return _started(request, Candidate(person_model_id=version.pk))


@needs(Permission.RULES_EDIT)
@require_POST
def golden(request: KithRequest) -> HttpResponse:
    """The golden record rules as they stand in the editor."""
    edited = golden_draft.read(request.POST)
    wrong = golden_views.wrong_in(edited)
    if not wrong:
        try:
            return _started(request, Candidate(golden=edited))
        except Refused as refused:
            wrong = [refused.message]
    return golden_views.editor(request, edited, wrong=wrong)


def _started(request: KithRequest, candidate: Candidate) -> HttpResponse:
    made = actions.start_what_if(actor=request.actor, candidate=candidate, note=request.POST.get("note", ""))
    messages.success(request, "It runs in the background; you may leave this page.")
    return redirect("grouping:what-if", made.pk)
