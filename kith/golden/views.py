"""Golden record rules: everybody sees them; power users edit, preview and save them (K10)."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.golden import actions, draft
from kith.golden.models import GoldenRules
from kith.golden.preview import PreviewedContact, compare
from kith.golden.rules import RULED_FIELDS, Rules, problems
from kith.golden.versions import rules_in_force, rules_of_version, version_in_force
from kith.kernel.errors import Conflict, NotFound
from kith.kernel.group_ids import read_group_id
from kith.sources.models import SourceSystem
from kith.web.paging import page_of
from kith.web.rendering import render_page

BIGGEST_ID = 2**63 - 1


@needs(Permission.RULES_VIEW)
@require_GET
def show(request: KithRequest) -> HttpResponse:
    versions = GoldenRules.objects.select_related("saved_by").defer("rules").order_by("-id")
    context = {
        "fields": draft.shown(rules_in_force()),
        "version": version_in_force(),
        "page": page_of(versions, request, size=10),
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "golden/golden_rules.html", context)


@needs(Permission.RULES_VIEW)
@require_GET
def show_version(request: KithRequest, version_id: int) -> HttpResponse:
    rules = rules_of_version(version_id)
    if rules is None:
        raise NotFound("There is no such version of the golden record rules.")
    context = {
        "fields": draft.shown(rules),
        "shown_version": version_id,
        "is_in_force": version_in_force() == version_id,
        "may_edit": request.actor.may(Permission.RULES_EDIT),
    }
    return render_page(request, "golden/golden_rules_version.html", context)


@needs(Permission.RULES_EDIT)
@require_POST
def restore(request: KithRequest, version_id: int) -> HttpResponse:
    actions.restore_rules(actor=request.actor, version_id=version_id)
    messages.success(request, f"The rules of version {version_id} are in force again.")
    return redirect("golden:rules")


@needs(Permission.RULES_EDIT)
@require_GET
def edit(request: KithRequest) -> HttpResponse:
    return editor(request, rules_in_force(), based_on=str(version_in_force() or ""))


@needs(Permission.RULES_EDIT)
@require_POST
def change(request: KithRequest) -> HttpResponse:
    """A button of the editor: the draft comes back changed, nothing is saved."""
    tokens = {field: request.POST.getlist(field) for field in RULED_FIELDS}
    rules = draft.changed(draft.read(request.POST), tokens=tokens, order=request.POST.get("do", ""))
    return editor(request, rules)


@needs(Permission.RULES_EDIT)
@require_POST
def preview(request: KithRequest) -> HttpResponse:
    rules = draft.read(request.POST)
    wrong = wrong_in(rules)
    if wrong:
        return editor(request, rules, wrong=wrong)
    typed = request.POST.get("group_id", "").strip()
    group_id = read_group_id(typed)
    is_none = bool(typed) and group_id is None
    previewed = () if is_none else compare(rules, group_id=group_id, actor=request.actor)
    return editor(request, rules, previewed=previewed)


@needs(Permission.RULES_EDIT)
@require_POST
def save(request: KithRequest) -> HttpResponse:
    rules = draft.read(request.POST)
    wrong: Sequence[str] = wrong_in(rules)
    if not wrong:
        try:
            actions.save_edited_rules(
                actor=request.actor,
                rules=rules,
                note=request.POST.get("note", "").strip()[:200],
                based_on=_number(request.POST.get("based_on", "")),
            )
        except Conflict as conflict:
            wrong = [conflict.message]
        else:
            messages.success(request, "The rules were saved; the next run assembles every contact by them.")
            return redirect("golden:rules")
    return editor(request, rules, wrong=wrong)


@needs(Permission.CONTACT_GROUP)
@require_POST
def make_primary(request: KithRequest) -> HttpResponse:
    contact_id, record_id = _number(request.POST.get("contact", "")), _number(request.POST.get("record", ""))
    if contact_id is None or record_id is None:
        raise NotFound("There is no such contact.")
    actions.make_primary(actor=request.actor, contact_id=contact_id, record_id=record_id)
    messages.success(request, "This System Ref is now the primary one; the golden record was made anew.")
    return redirect("contacts:tab", contact_id, "system-refs")


def wrong_in(rules: Rules) -> list[str]:
    codes = list(SourceSystem.objects.values_list("code", flat=True))
    return [*(f"{said}." for said in problems(rules)), *draft.unknown_sources(rules, known=codes)]


def editor(
    request: KithRequest,
    rules: Rules,
    *,
    wrong: Sequence[str] = (),
    previewed: tuple[PreviewedContact, ...] | None = None,
    based_on: str | None = None,
) -> HttpResponse:
    context = {
        "fields": draft.shown(rules),
        "problems": wrong,
        "previewed": previewed,
        "based_on": request.POST.get("based_on", "") if based_on is None else based_on,
        "note": request.POST.get("note", ""),
        "group_id": request.POST.get("group_id", ""),
        "sources": SourceSystem.objects.order_by("priority", "code").values_list("code", "name"),
    }
    status = 422 if wrong else 200
    return render_page(request, "golden/golden_rules_form.html", context, region="editor", status=status)


def _number(text: str) -> int | None:
    digits = "".join(text.split())
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(BIGGEST_ID)):
        return None
    return int(digits) if int(digits) <= BIGGEST_ID else None
