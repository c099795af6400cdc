"""Everything that was done to who is who, and taking it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping import queries
from kith.grouping.intents import Undo
from kith.stewardship import operations
from kith.stewardship.forms import OperationFilterForm
from kith.stewardship.proposal_views import Proposal, answer
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.CONTACT_GROUP)
@require_GET
def list_operations(request: KithRequest) -> HttpResponse:
    form = OperationFilterForm(request.GET)
    search = form.query()
    page = page_of(search.rows(actor=request.actor), request)
    context = {
        "form": form,
        "page": page,
        "rows": operations.listed(page.rows),
        "is_narrowed": search.is_narrowed,
    }
    return render_page(request, "stewardship/operation_list.html", context, region="rows")


@needs(Permission.CONTACT_GROUP)
@require_GET
def show_operation(request: KithRequest, operation_id: int) -> HttpResponse:
    operation = operations.opened(operation_id, actor=request.actor)
    page = page_of(operations.moves_of(operation), request)
    context = {
        "operation": operation,
        "page": page,
        "changes": queries.changes(page.rows, actor=request.actor),
        "decisions": operations.decisions_of(operation),
    }
    return render_page(request, "stewardship/operation_detail.html", context, region="moves")


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: KithRequest, operation_id: int) -> HttpResponse:
    operation = operations.opened(operation_id, actor=request.actor)
    back = reverse("stewardship:operation", args=(operation_id,))
    return answer(
        request,
        Proposal(
            intent=Undo(operation=operation_id),
            operation=operation,
            title=f"Undo operation {operation_id}",
            verb="Undo",
            question="Undo this operation?",
            consequence="Who is who becomes what this page shows. An undoing can be undone, too.",
            back=back,
            done=back,
        ),
    )
