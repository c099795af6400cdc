"""'Tell the source': corrections that feeds should take over."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.settings.name_display import name_display
from kith.golden import actions
from kith.golden.corrections import Task, Tasks, lines_of
from kith.kernel.errors import NotFound, Refused
from kith.sources.models import LOCAL, SourceSystem
from kith.web.paging import page_of
from kith.web.rendering import render_page

MOST_AT_ONCE = 200


@needs(Permission.CONTACT_EDIT)
@require_GET
def show(request: KithRequest) -> HttpResponse:
    name_display()  # read whatever is listed, so that the page asks as often for one as for many
    sources = list(SourceSystem.objects.exclude(code=LOCAL).order_by("priority", "name"))
    asked = request.GET.get("source", "")
    source = next((one for one in sources if str(one.pk) == asked), None)
    told = request.GET.get("told") == "yes"
    tasks = Tasks(actor=request.actor, source_id=source.pk if source else None, told=told)
    context = {"page": page_of(tasks, request), "sources": sources, "source": source, "told": told}
    return render_page(request, "golden/correction_list.html", context)


@needs(Permission.CONTACT_EDIT)
@require_GET
def download(request: KithRequest, source_id: int) -> HttpResponse:
    source = SourceSystem.objects.exclude(code=LOCAL).filter(pk=source_id).first()
    if source is None:
        raise NotFound("There is no such source.")
    response = HttpResponse(
        "".join(lines_of(source.pk, actor=request.actor)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="corrections-{source.code}.csv"'
    return response


@needs(Permission.CONTACT_EDIT)
@require_POST
def mark_told(request: KithRequest) -> HttpResponse:
    """`task`: `<override id>-<record id>`, any number of them."""
    tasks = [_task(text) for text in request.POST.getlist("task")[:MOST_AT_ONCE]]
    if not tasks:
        raise Refused("Choose at least one correction.")
    number = actions.mark_told(actor=request.actor, tasks=tasks)
    messages.success(request, f"{number} correction{'' if number == 1 else 's'} marked as told.")
    source = request.POST.get("source", "")
    return redirect(reverse("corrections:list", query={"source": source} if source.isdigit() else None))


def _task(text: str) -> Task:
    override_id, _, record_id = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (override_id, record_id)):
        raise NotFound("There is no such correction.")
    return Task(int(override_id), int(record_id))
