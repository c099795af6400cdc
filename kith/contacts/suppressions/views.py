"""The list of suppressions, and its export."""

from __future__ import annotations

from itertools import chain
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.models import Suppression
from kith.contacts.suppressions import actions, queries
from kith.contacts.suppressions.forms import SearchForm
from kith.contacts.suppressions.queries import Exported
from kith.kernel.inert import inert_csv
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page

_HEADER: Final = ("Suppression", "GroupIDs", "Reason", "Forbids", "In force", "Since", "By", "Day of death")


@needs(Permission.PRIVACY_VIEW)
@require_GET
def suppression_list(request: KithRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render_page(request, "suppressions/list.html", {"form": form}, status=UNPROCESSABLE)
    page = page_of(queries.suppressions(form.asked(), actor=request.actor), request)
    reasons = queries.counts_by_reason(actor=request.actor)
    context = {
        "form": form,
        "page": page,
        "rows": queries.rows_of(page.rows),
        "reasons": [
            (key, label, reasons[key]) for key, label in Suppression.Reason.choices if key in reasons
        ],
        "months": queries.counts_by_month(actor=request.actor),
    }
    return render_page(request, "suppressions/list.html", context)


@needs(Permission.CONTACT_EXPORT)
@require_POST
def export(request: KithRequest) -> HttpResponseBase:
    """As CSV: GroupIDs, why and since when; notes stay here."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render_page(request, "suppressions/list.html", {"form": form}, status=UNPROCESSABLE)
    rows = actions.export_suppressions(actor=request.actor, asked=form.asked())
    lines = (inert_csv([line]) for line in chain([_HEADER], map(_line, rows)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="suppressions.csv"'
    return answer


def _line(row: Exported) -> tuple[str, ...]:
    one = row.suppression
    return (
        str(one.pk),
        row.contact_ids,
        str(one.get_reason_display()),
        str(one.get_scope_display()),
        "yes" if row.is_in_force else "no",
        one.at.isoformat(),
        one.actor,
        one.deceased_on.isoformat() if one.deceased_on else "",
    )
