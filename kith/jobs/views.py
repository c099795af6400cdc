"""The Jobs page: what the worker does, has to do, did, and could not do."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.jobs import actions, queries
from kith.jobs.queries import Tab
from kith.kernel.errors import Conflict, Refused
from kith.web.paging import page_of
from kith.web.rendering import render_page
from kith.web.telling import told


@needs(Permission.JOB_VIEW)
@require_GET
def job_list(request: KithRequest) -> HttpResponse:
    counts = queries.counts(actor=request.actor)
    tab = _tab(request.GET.get("show", ""), counts)
    page = page_of(queries.jobs(tab, actor=request.actor), request)
    context = {
        "page": page,
        "jobs": queries.shown(list(page.rows)),
        "tab": tab.value,
        "tabs": [(one.value, one.label, counts.get(one)) for one in Tab],
        "schedule": queries.schedule(),
        "newest_backup": queries.newest_backup,
        "has_nightly_backup": bool(settings.BACKUP_FOLDER and settings.BACKUP_AT),
        "may_edit": request.actor.may(Permission.JOB_EDIT),
        "may_see_settings": request.actor.may(Permission.SETTINGS_VIEW),
    }
    return render_page(request, "jobs/job_list.html", context, region="rows")


@needs(Permission.JOB_EDIT)
@require_POST
def cancel(request: KithRequest, job_id: int) -> HttpResponse:
    with told(request, done=f"Job {job_id} is cancelled; a running one stops at its next safe point."):
        actions.cancel_job(actor=request.actor, job_id=job_id)
    return redirect("jobs:list")


@needs(Permission.JOB_EDIT)
@require_POST
def retry(request: KithRequest, job_id: int) -> HttpResponse:
    try:
        actions.retry_job(actor=request.actor, job_id=job_id)
    except (Refused, Conflict) as error:
        messages.error(request, error.message)
        return redirect(reverse("jobs:list", query={"show": Tab.FAILED.value}))
    messages.success(request, f"Job {job_id} waits to be tried again.")
    return redirect(reverse("jobs:list", query={"show": Tab.WAITING.value}))


def _tab(asked: str, counts: dict[Tab, int]) -> Tab:
    """Unasked: what needs a look first."""
    if asked in set(Tab):
        return Tab(asked)
    return next((tab for tab in (Tab.RUNNING, Tab.WAITING, Tab.FAILED) if counts.get(tab)), Tab.DONE)
