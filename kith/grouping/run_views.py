"""What a run changed, down to the contact: lives above `kith.runs`, which knows nothing of grouping."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping import queries
from kith.runs.queries import run_of, shown
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.RUN_VIEW)
@require_GET
def run_changes(request: KithRequest, run_id: int) -> HttpResponse:
    run = run_of(run_id, actor=request.actor)
    page = page_of(queries.moves_of_run(run_id, actor=request.actor), request)
    context = {
        "run": run,
        "shown": shown(run),
        "page": page,
        "changes": queries.changes(page.rows, actor=request.actor),
        "may_see_contacts": request.actor.may(Permission.CONTACT_VIEW),
    }
    return render_page(request, "grouping/run_changes.html", context, region="rows")
