"""Taking a contact apart: every System Ref by itself, or in parts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.grouping.intents import Split, Ungroup
from kith.grouping.why.falling_apart import suggestion
from kith.stewardship import arranging
from kith.stewardship.opening import of_contact
from kith.stewardship.proposal_views import Proposal, answer
from kith.web.rendering import render_page


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
@of_contact
def ungroup(request: KithRequest, contact: Contact) -> HttpResponse:
    return answer(
        request,
        Proposal(
            intent=Ungroup(contact=contact.pk),
            contact=contact,
            title="Ungroup",
            verb="Ungroup",
            question="Ungroup this contact?",
            consequence="Every System Ref gets a GroupID of its own, and no run will group them again. "
            "You can undo it at any time.",
            remembered="no run will group them again",
            back=reverse("contacts:detail", args=(contact.pk,)),
        ),
    )


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
@of_contact
def split(request: KithRequest, contact: Contact) -> HttpResponse:
    held = arranging.members(contact)
    if request.method != "POST":
        return _arranged(request, contact, held)
    parts = arranging.from_form(request.POST.dict(), held=held)
    if len(parts) < 2:
        problem = "Put at least one System Ref into another part."
        return _layout(request, contact, parts, problem=problem)
    query = arranging.in_address(parts)
    return redirect(reverse("stewardship:split-preview", args=(contact.pk,), query=query))


def _arranged(request: KithRequest, contact: Contact, held: tuple[int, ...]) -> HttpResponse:
    """As the address has it; else as the engine would fall it apart."""
    if "part" in request.GET:
        return _layout(request, contact, arranging.from_address(request.GET.getlist("part"), held=held))
    suggested = suggestion(contact.pk)
    if suggested is None or len(suggested.parts) < 2:
        return _layout(request, contact, (held,))
    return _layout(request, contact, suggested.parts, words=suggested.words)


def _layout(
    request: KithRequest, contact: Contact, parts: arranging.Parts, *, words: str = "", problem: str = ""
) -> HttpResponse:
    context = {
        "contact": contact,
        "suggestion": words,
        "layout": arranging.layout(contact, parts),
        "problem": problem,
        "is_company": contact.kind == Contact.Kind.COMPANY,
    }
    return render_page(request, "stewardship/split.html", context, status=422 if problem else 200)


@needs(Permission.CONTACT_GROUP)
@require_http_methods(["GET", "HEAD", "POST"])
@of_contact
def split_preview(request: KithRequest, contact: Contact) -> HttpResponse:
    """Every part but the first is in the address, as record ids."""
    parts = arranging.from_address(request.GET.getlist("part"), held=arranging.members(contact))
    arrange = reverse("stewardship:split", args=(contact.pk,), query=arranging.in_address(parts))
    if len(parts) < 2:
        return redirect(arrange)
    return answer(
        request,
        Proposal(
            intent=Split(contact=contact.pk, parts=parts),
            contact=contact,
            title=f"Split into {len(parts)} contacts",
            verb="Split",
            question=f"Split this contact into {len(parts)}?",
            consequence="The largest part keeps the GroupID. No run will group the parts again. "
            "You can undo it at any time.",
            remembered="no run will group the parts again",
            back=arrange,
        ),
    )
