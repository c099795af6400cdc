from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import sight_on
from kith.grouping.history import members
from kith.grouping.history.as_of import AsOf, as_of, as_seen
from kith.grouping.history.comparing import RefRow, fields_of, refs_of
from kith.grouping.history.forms import MomentForm
from kith.grouping.history.happenings import presets
from kith.grouping.history.path import retired_of, stays_of
from kith.grouping.history.path_picture import MOST_STAYS, path_picture
from kith.kernel.errors import NotFound
from kith.sources.models import Membership, SourceRecord
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.CONTACT_VIEW)
@require_GET
def show_as_of(request: KithRequest, contact_id: int) -> HttpResponse:
    """`?at=` a date, or a moment with `time=` or in ISO form; without it the choice of one."""
    contact = queries.opened(contact_id, actor=request.actor)
    context: dict[str, object] = {"contact": contact, "presets": presets(contact)}
    form = (
        MomentForm({name: str(text) for name, text in request.GET.items()}) if request.GET else MomentForm()
    )
    if not form.is_bound:
        return render_page(request, "grouping/as_of.html", {**context, "form": form})
    if not form.is_valid() or form.moment is None:
        return render_page(request, "grouping/as_of.html", {**context, "form": form}, status=422)
    then = as_seen(as_of(contact, at=form.moment), sight_on(contact))
    context |= {"form": MomentForm.showing(form.moment), "then": then, **_beside_now(request, contact, then)}
    return render_page(request, "grouping/as_of.html", context)


def _beside_now(request: KithRequest, contact: Contact, then: AsOf) -> dict[str, object]:
    """What it is today: itself, or where a retired GroupID leads."""
    today = contact
    if contact.state == Contact.State.RETIRED:
        successor = queries.successor_of(contact.pk)
        if successor is None:
            raise NotFound("There is no such contact.")
        today = queries.opened(successor, actor=request.actor)
    if then.contact is None:
        return {"today": today, "places": page_of(tuple(then.went_to.items()), request)}
    records = queries.records_of(today)
    rows = fields_of(then, today, records_now=records)
    refs = _refs(then, records)
    return {
        "today": today,
        "rows": rows,
        "differences": sum(row.differs for row in rows),
        "refs": page_of(refs, request),
    }


def _refs(then: AsOf, records_now: tuple[SourceRecord, ...]) -> tuple[RefRow, ...]:
    was = {one.record.pk for one in then.records}
    others = [record for record in records_now if record.pk not in was]
    then_of = members.places_at([record.pk for record in others], at=then.at)
    those = Membership.objects.filter(record_id__in=[*was, *(record.pk for record in others)])
    now_of = dict(those.values_list("record_id", "contact_id"))
    return refs_of(then, others=others, then_of=then_of, now_of=now_of)


@needs(Permission.CONTACT_VIEW)
@require_GET
def path(request: KithRequest, record_id: int) -> HttpResponse:
    record = SourceRecord.objects.select_related("source", "membership").filter(pk=record_id).first()
    if record is None:
        raise NotFound("There is no such System Ref.")
    stays = stays_of(record_id)
    numbered = list(enumerate(stays, start=1))[::-1]
    context: dict[str, object] = {
        "record": record,
        "stays": stays,
        "page": page_of(numbered, request),
        "most": MOST_STAYS,
    }
    if stays:
        context["picture"] = path_picture(stays, retired=retired_of(stays))
    return render_page(request, "grouping/path.html", context)
