from __future__ import annotations

from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.standing import standing_of
from kith.kernel.clock import today
from kith.kernel.errors import NotFound, Refused
from kith.namedays import actions, queries
from kith.namedays.carrying import FORMS, read_rules
from kith.namedays.forms import RulesFileForm
from kith.namedays.models import NameDayRun
from kith.namedays.sections import NAME_DAYS, OWN_RULES, Schedule
from kith.namedays.today import WEEK
from kith.settings.actions import save_section
from kith.settings.in_force import in_force
from kith.web.paging import page_of
from kith.web.rendering import render_page
from kith.web.telling import told

_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@needs(Permission.CONTACT_VIEW)
@require_GET
def celebrating(request: KithRequest) -> HttpResponse:
    is_week = request.GET.get("when") == "week"
    start = _day(request.GET.get("day", "")) or today()
    end = start + WEEK if is_week else start
    page = page_of(queries.celebrating(start, end, actor=request.actor), request)
    rows = queries.with_dates(page.rows, start, end)
    standing = standing_of([one.contact.pk for one in rows])
    context = {
        "page": page,
        "rows": [(one, standing[one.contact.pk]) for one in rows],
        "is_week": is_week,
        "start": start,
        "end": end,
        "may_see_runs": request.actor.may(Permission.RUN_VIEW),
    }
    return render_page(request, "namedays/celebrating.html", context)


def _day(text: str) -> date | None:
    """Within a few thousand years of now: Easter is not known for others."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None


@needs(Permission.RUN_VIEW)
@require_GET
def run_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.runs(actor=request.actor), request)
    context = {
        "page": page,
        "is_live": any(run.state == NameDayRun.State.RUNNING for run in page.rows),
        "by_night": in_force(NAME_DAYS).schedule is Schedule.NIGHT,
        "may_start": request.actor.may(Permission.RUN_START),
        "may_see_settings": request.actor.may(Permission.SETTINGS_VIEW),
    }
    return render_page(request, "namedays/runs.html", context, region="rows")


@needs(Permission.RUN_START)
@require_POST
def start(request: KithRequest) -> HttpResponse:
    with told(request, done="The run is in the queue and starts as soon as the worker is free."):
        actions.request_run(actor=request.actor)
    return redirect("name-days:runs")


@needs(Permission.RUN_START)
@require_POST
def cancel(request: KithRequest, run_id: int) -> HttpResponse:
    with told(request, done="The run stops before it writes anything."):
        actions.cancel_run(actor=request.actor, run_id=run_id)
    return redirect("name-days:runs")


@needs(Permission.SETTINGS_VIEW)
@require_GET
def export_rules(request: KithRequest, form: str) -> HttpResponse:
    if form not in FORMS:
        raise NotFound("There is no such file.")
    response = HttpResponse(FORMS[form](in_force(OWN_RULES)), content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="name-day-rules.{form}"'
    return response


@needs(Permission.SETTINGS_EDIT)
@require_GET
def show_import(request: KithRequest) -> HttpResponse:
    return _import_page(request, RulesFileForm())


@needs(Permission.SETTINGS_EDIT)
@require_POST
def import_rules(request: KithRequest) -> HttpResponse:
    form = RulesFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _import_page(request, form, status=422)
    try:
        rules = read_rules(form.cleaned_data["file"])
        made = save_section(
            actor=request.actor, section=OWN_RULES, value=rules, note=f"From a file: {len(rules.rules)} rules"
        )
    except Refused as refused:
        form.add_error("file", refused.message)
        return _import_page(request, form, status=422)
    said = f"{len(rules.rules)} rules are in force." if made else "Nothing was changed: they said so already."
    messages.success(request, said)
    return redirect("name-days:rules")


def _import_page(request: KithRequest, form: RulesFileForm, *, status: int = 200) -> HttpResponse:
    return render_page(request, "namedays/import.html", {"form": form}, status=status)
