"""Grouping runs: what each did, the one that is going on, and when the next one starts."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.runs import actions, queries
from kith.runs.forms import RunSettingsForm
from kith.runs.models import Run
from kith.web.paging import page_of
from kith.web.rendering import render_page
from kith.web.telling import told


@needs(Permission.RUN_VIEW)
@require_GET
def run_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.runs(actor=request.actor), request)
    shown = [queries.shown(run) for run in page.rows]
    waits = queries.a_run_waits()
    context = {
        "page": page,
        "runs": shown,
        "waits": waits,
        "is_live": waits or any(one.run.state == Run.State.RUNNING for one in shown),
        "next_start": queries.next_start_words(queries.settings_in_force()),
        "may_start": request.actor.may(Permission.RUN_START),
        "may_see_settings": request.actor.may(Permission.SETTINGS_VIEW),
    }
    return render_page(request, "runs/run_list.html", context, region="rows")


@needs(Permission.RUN_VIEW)
@require_GET
def run_detail(request: KithRequest, run_id: int) -> HttpResponse:
    run = queries.run_of(run_id, actor=request.actor)
    context = {
        "shown": queries.shown(run),
        "run": run,
        "progress": queries.progress_of(run),
        "is_running": run.state == Run.State.RUNNING,
        "is_held": run.state == Run.State.HELD,
        "may_approve": request.actor.may(Permission.RUN_APPROVE),
        "may_cancel": request.actor.may(Permission.RUN_START),
    }
    return render_page(request, "runs/run_detail.html", context, region="standing")


@needs(Permission.RUN_START)
@require_POST
def start(request: KithRequest) -> HttpResponse:
    with told(request, done="The run is in the queue and starts as soon as the worker is free."):
        actions.request_run(
            actor=request.actor,
            trigger=Run.Trigger.BUTTON,
            everything=request.POST.get("everything") == "yes",
        )
    return redirect("runs:list")


@needs(Permission.RUN_APPROVE)
@require_POST
def approve(request: KithRequest, run_id: int) -> HttpResponse:
    with told(request, done="The run goes on as soon as the worker is free."):
        actions.let_run_go_on(actor=request.actor, run_id=run_id)
    return redirect("runs:detail", run_id)


@needs(Permission.RUN_START)
@require_POST
def cancel(request: KithRequest, run_id: int) -> HttpResponse:
    with told(request, done="The run stops at its next safe point. What finished steps did stays."):
        actions.cancel_run(actor=request.actor, run_id=run_id)
    return redirect("runs:detail", run_id)


@needs(Permission.SETTINGS_VIEW)
@require_GET
def show_settings(request: KithRequest) -> HttpResponse:
    return _settings_page(request, RunSettingsForm(instance=queries.settings_in_force()))


@needs(Permission.SETTINGS_EDIT)
@require_POST
def save_settings(request: KithRequest) -> HttpResponse:
    form = RunSettingsForm(request.POST, instance=queries.settings_in_force())
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    actions.save_settings(actor=request.actor, settings=form.instance)
    messages.success(request, "The settings were saved.")
    return redirect("runs:settings")


def _settings_page(request: KithRequest, form: RunSettingsForm, *, status: int = 200) -> HttpResponse:
    may_edit = request.actor.may(Permission.SETTINGS_EDIT)
    if not may_edit:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "may_edit": may_edit,
        "next_start": queries.next_start_words(queries.settings_in_force()),
    }
    return render_page(request, "runs/run_settings.html", context, status=status)
