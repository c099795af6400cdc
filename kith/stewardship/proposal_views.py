"""A change of who is who before whoever decides it: preview, confirm, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from kith.access.http import KithRequest
from kith.contacts.models import Contact
from kith.grouping.intents import Intent
from kith.grouping.models import Operation
from kith.grouping.previewing import preview
from kith.kernel.errors import Conflict, Refused
from kith.stewardship.forms import ConfirmForm
from kith.stewardship.policy import must_wait
from kith.stewardship.requests import Asked, ask
from kith.stewardship.showing import shown
from kith.web.rendering import render_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    intent: Intent
    title: str
    verb: str
    """On the button, twice: on the page and in the dialog."""
    question: str
    consequence: str
    """Said in the dialog."""
    remembered: str = ""
    """What no run will do afterwards."""
    back: str
    """Where Cancel leads."""
    contact: Contact | None = None
    """The one it began with; None where it is about an operation."""
    operation: Operation | None = None
    """The one to undo."""
    done: str = ""
    """Where it leads when done at once; '' is the page of the operation."""


def answer(request: KithRequest, proposal: Proposal) -> HttpResponse:
    """GET shows what would happen; POST does it, and shows it again where that could not be."""
    if request.method != "POST":
        return _page(request, proposal, ConfirmForm())
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, proposal, form, problem="The reason is too long.", status=422)
    said = form.cleaned_data
    try:
        asked = ask(
            actor=request.actor,
            intent=proposal.intent,
            reason=said["reason"].strip(),
            seen=said["seen"],
            lift=said["lift"],
        )
    except Conflict as error:
        again = ConfirmForm({"reason": said["reason"]})
        return _page(request, proposal, again, problem=error.message, status=error.status)
    except Refused as error:
        return _page(request, proposal, form, problem=error.message, status=error.status)
    return _done(request, proposal, asked)


def _page(
    request: KithRequest, proposal: Proposal, form: ConfirmForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    found = shown(preview(actor=request.actor, intent=proposal.intent))
    context = {
        "proposal": proposal,
        "form": form,
        "shown": found,
        "outcome": found.outcome,
        "waits": must_wait(proposal.intent),
        "problem": problem if found.is_allowed else "",
        "lift_ticked": form.is_bound and form.data.get("lift") == "on",
    }
    return render_page(request, "stewardship/preview.html", context, status=status)


def _done(request: KithRequest, proposal: Proposal, asked: Asked) -> HttpResponse:
    operation = asked.operation
    if operation is None:
        messages.info(request, asked.words)
        return (
            redirect("contacts:detail", proposal.contact.pk) if proposal.contact else redirect(proposal.back)
        )
    undo = reverse("stewardship:undo", args=(operation.pk,))
    messages.success(request, format_html('{} <a href="{}">Undo</a>', asked.words, undo))
    return redirect(proposal.done or reverse("stewardship:operation", args=(operation.pk,)))
