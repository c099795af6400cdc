from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.audit import presenters, queries
from kith.audit.forms import JournalForm
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.AUDIT_VIEW)
@require_GET
def log(request: KithRequest) -> HttpResponse:
    form = JournalForm(request.GET, events=queries.events_so_far(), people=queries.people())
    status = 200 if form.is_valid() else 422
    page = page_of(form.search().rows(actor=request.actor), request)
    lines = [presenters.line(entry) for entry in page.rows]
    context = {"form": form, "page": page, "lines": lines, "is_filtered": any(form.cleaned_data.values())}
    return render_page(request, "audit/log.html", context, region="lines", status=status)
