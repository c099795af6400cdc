from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit import actions, exporting, presenters, queries
from kith.audit.forms import BIGGEST_ID, FileForm, JournalForm, SystemRefForm
from kith.audit.queries import JournalSearch
from kith.kernel.clock import today
from kith.web.paging import page_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.AUDIT_VIEW)
@require_GET
def log(request: KithRequest) -> HttpResponse:
    return _log(request, SystemRefForm())


@needs(Permission.AUDIT_VIEW)
@require_POST
def by_system_ref(request: KithRequest) -> HttpResponse:
    """A System Ref may name somebody: it travels in the body, and the address carries Kith's number of it."""
    form = SystemRefForm(request.POST)
    if not form.is_valid():
        return _log(request, form)
    address = reverse("audit:log", query={"record": form.cleaned_data["system_ref"]})
    return HttpResponseRedirect(address)


def _log(request: KithRequest, refs_form: SystemRefForm) -> HttpResponse:
    form = _form(request)
    status = 200 if form.is_valid() and not refs_form.errors else UNPROCESSABLE
    page = page_of(form.search().rows(actor=request.actor), request)
    context = {
        "form": form,
        "refs_form": refs_form,
        "page": page,
        "lines": [presenters.line(entry) for entry in page.rows],
        "is_filtered": any(form.cleaned_data.values()),
        "kept": [(field.html_name, field.value()) for field in form if field.value()],
    }
    return render_page(request, "audit/log.html", context, region="lines", status=status)


def _form(request: KithRequest) -> JournalForm:
    return JournalForm(request.GET, events=queries.events_so_far(), people=queries.people())


@needs(Permission.AUDIT_VIEW)
@require_GET
def of_contact(request: KithRequest, group_id: int) -> HttpResponse:
    """Who looked at a contact and who changed it; also under the GroupIDs that lead to it now."""
    if group_id > BIGGEST_ID:
        raise Http404
    search = JournalSearch(group_id=group_id, with_retired=True)
    summary = queries.summary_of_contact(group_id, actor=request.actor)
    kept = [("group_id", group_id), ("with_retired", "on")]
    return _one(request, search, summary, {"group_id": group_id, "kept": kept})


@needs(Permission.AUDIT_VIEW)
@require_GET
def of_user(request: KithRequest, user_id: int) -> HttpResponse:
    """What a colleague did, and with which contacts."""
    person = User.objects.filter(pk=user_id).first() if user_id <= BIGGEST_ID else None
    if person is None:
        raise Http404
    summary = queries.summary_of_user(person.pk, actor=request.actor)
    context: dict[str, object] = {"person": person, "kept": [("user", person.pk)]}
    return _one(request, JournalSearch(user_id=person.pk), summary, context)


def _one(
    request: KithRequest, search: JournalSearch, summary: queries.Summary, context: dict[str, object]
) -> HttpResponse:
    page = page_of(search.rows(actor=request.actor), request)
    context |= {
        "page": page,
        "lines": [presenters.line(entry) for entry in page.rows],
        "summary": summary,
        "events": [(presenters.words(one.label), one.times, one.last_at) for one in summary.events],
        "looked_at": queries.LOOKED_AT,
    }
    return render_page(request, "audit/one.html", context, region="lines")


@needs(Permission.AUDIT_VIEW)
@require_POST
def export(request: KithRequest) -> HttpResponse | StreamingHttpResponse:
    """What the filters show, as a file. The body carries them, as the address did."""
    form = JournalForm(request.POST, events=queries.events_so_far(), people=queries.people())
    asked = FileForm(request.POST)
    if not (form.is_valid() and asked.is_valid()):
        return HttpResponse("Choose CSV, XLSX or JSON, and valid filters.", status=UNPROCESSABLE)
    kind = asked.kind()
    blocks = actions.export(actor=request.actor, search=form.search(), kind=kind)
    name = f"kith-audit-log-{today():%Y-%m-%d}.{kind.value}"
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(blocks, content_type=exporting.MEDIA_TYPES[kind], headers=headers)
