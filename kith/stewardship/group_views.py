"""Grouping contacts by hand, and moving a System Ref: choose, preview, confirm."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts import choosing, queries
from kith.contacts.models import Contact
from kith.contacts.names import record_name
from kith.grouping.intents import MoveRef
from kith.kernel.decision import sentence
from kith.kernel.errors import NotFound
from kith.sources.models import SourceRecord
from kith.stewardship import collecting
from kith.stewardship.collecting import Collection
from kith.stewardship.opening import of_contact
from kith.stewardship.proposal_views import Proposal, answer
from kith.web.formats import group_id as shown_group_id
from kith.web.rendering import render_page

PREVIEW = "preview"


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
@of_contact
def group(request: KithRequest, contact: Contact) -> HttpResponse:
    """The list is in the form, and what is typed is posted: names do not belong in addresses."""
    if request.method != "POST":
        return _chooser(request, contact, collecting.read(request.GET, opened=contact.pk))
    collection = collecting.read(request.POST, opened=contact.pk)
    # Not named "remove": a form whose field has the name of a method loses the method, and htmx calls it.
    removed = choosing.number(request.POST.get("without", ""))
    added = choosing.number(request.POST.get("add", ""))
    if removed is not None:
        return _chooser(request, contact, collection.without(removed))
    if added is not None:
        return _add(request, contact, collection, added)
    if request.POST.get("do") != PREVIEW:
        return _chooser(request, contact, collection)
    if not collection.others:
        return _chooser(request, contact, collection, problem="Add at least one contact to group with it.")
    url = reverse("stewardship:group-preview", args=(contact.pk,), query=collection.parameters())
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _add(request: KithRequest, contact: Contact, collection: Collection, added: int) -> HttpResponse:
    successors = tuple(queries.successors_of([added]).values())
    row = next(iter(queries.in_order(successors, actor=request.actor)), None)
    allowed = collecting.may_add(row, collection=collection, kind=contact.kind)
    if row is None or not allowed:
        return _chooser(request, contact, collection, problem=sentence(allowed.reasons))
    return _chooser(request, contact, collection.with_another(row.pk))


def _chooser(
    request: KithRequest, contact: Contact, collection: Collection, *, problem: str = ""
) -> HttpResponse:
    text = request.POST.get("q", "")
    rows = queries.in_order(collection.all, actor=request.actor)
    context = {
        "contact": contact,
        "collection": collection,
        "rows": rows,
        "text": text,
        "found": choosing.find(text, taken=collection.all, kind=contact.kind, actor=request.actor),
        "sources": queries.sources_by_id(),
        "problem": problem,
        "is_company": contact.kind == Contact.Kind.COMPANY,
    }
    status = 422 if problem else 200
    return render_page(request, "stewardship/group.html", context, region="chooser", status=status)


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
@of_contact
def group_preview(request: KithRequest, contact: Contact) -> HttpResponse:
    """What is grouped is in the address, as GroupIDs; a reload asks anew."""
    collection = collecting.read(request.GET, opened=contact.pk)
    choose = reverse("stewardship:group", args=(contact.pk,), query=collection.parameters())
    if not collection.others:
        return redirect(choose)
    number = len(collection.all)
    return answer(
        request,
        Proposal(
            intent=collection.intent,
            contact=contact,
            title=f"Group {number} contacts",
            verb="Group contacts",
            question=f"Group these {number} contacts?",
            consequence=f"One contact stays, GroupID {shown_group_id(collection.master)}; the other GroupIDs "
            "lead to it from now on. You can undo it at any time.",
            remembered="no run will take them apart",
            back=choose,
            done=reverse("contacts:detail", args=(collection.master,)),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A System Ref and the contact it is with."""

    record: SourceRecord
    contact: Contact
    name: str


def _moving(record_id: int, request: KithRequest) -> Moving:
    record = SourceRecord.objects.select_related("source", "membership").filter(pk=record_id).first()
    membership = getattr(record, "membership", None)
    if record is None or membership is None:
        raise NotFound("There is no such System Ref with a GroupID.")
    contact = queries.opened(membership.contact_id, actor=request.actor)
    return Moving(record=record, contact=contact, name=record_name(record))


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: KithRequest, record_id: int) -> HttpResponse:
    """Choose where a System Ref moves to."""
    moving = _moving(record_id, request)
    chosen = choosing.number(request.POST.get("to", ""))
    if chosen is not None:
        url = reverse("stewardship:move-preview", args=(record_id,), query={"to": chosen})
        return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
    text, contact = request.POST.get("q", ""), moving.contact
    context = {
        "moving": moving,
        "contact": contact,
        "text": text,
        "found": choosing.find(text, taken=(contact.pk,), kind=contact.kind, actor=request.actor),
        "sources": queries.sources_by_id(),
    }
    return render_page(request, "stewardship/move.html", context, region="chooser")


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
def move_preview(request: KithRequest, record_id: int) -> HttpResponse:
    moving = _moving(record_id, request)
    choose = reverse("stewardship:move", args=(record_id,))
    named = choosing.number(request.GET.get("to", ""))
    if named is None:
        return redirect(choose)
    target = queries.successors_of([named]).get(named, named)
    what = f"{moving.record.source.name} {moving.record.system_ref}"
    return answer(
        request,
        Proposal(
            intent=MoveRef(record=record_id, to=target),
            contact=moving.contact,
            title=f"Move {what} to GroupID {shown_group_id(target)}",
            verb="Move",
            question=f"Move this System Ref to GroupID {shown_group_id(target)}?",
            consequence="No run will move it back. You can undo it at any time.",
            remembered="no run will move it back",
            back=choose,
            done=reverse("contacts:detail", args=(target,)),
        ),
    )
