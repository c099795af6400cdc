"""Print one contact: choose, take the file along, or have it e-mailed to the contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import sight_on
from kith.kernel.errors import Refused
from kith.printouts import actions, presets, queries
from kith.printouts.document import active
from kith.printouts.forms import PrintForm
from kith.printouts.queries import Wish
from kith.printouts.serving import answer_of
from kith.web.rendering import UNPROCESSABLE, render_page

_SENDINGS_SHOWN: Final = 10


@needs(Permission.CONTACT_PRINT)
@require_GET
def show(request: KithRequest, contact_id: int) -> HttpResponse:
    contact = active(contact_id, actor=request.actor)
    return _page(request, contact, PrintForm(sections=presets.open_to(request.actor)))


@needs(Permission.CONTACT_PRINT)
@require_POST
def choose(request: KithRequest, contact_id: int) -> HttpResponse:
    """Leads to the file, or has it sent."""
    contact = active(contact_id, actor=request.actor)
    form = PrintForm(request.POST, sections=presets.open_to(request.actor))
    if not form.is_valid():
        return _page(request, contact, form, status=UNPROCESSABLE)
    wish = form.wish()
    if request.POST.get("do") != "send":
        query = {"format": wish.format.value, "section": list(wish.sections)}
        return redirect(reverse("printouts:file", args=[contact_id], query=query))
    try:
        actions.ask_to_send(actor=request.actor, contact_id=contact_id, wish=wish)
    except Refused as error:
        form.add_error(None, error.message)
        return _page(request, contact, form, status=UNPROCESSABLE)
    messages.success(request, "The printout is on its way; the history of the contact says when it is sent.")
    return redirect("printouts:print", contact_id)


@needs(Permission.CONTACT_PRINT)
@require_GET
def file(request: KithRequest, contact_id: int) -> HttpResponse:
    """Written into the journal: it leaves Kith."""
    wish = Wish(
        format=queries.format_of(request.GET.get("format", "")),
        sections=tuple(request.GET.getlist("section")),
    )
    return answer_of(actions.print_contact(actor=request.actor, contact_id=contact_id, wish=wish))


def _page(request: KithRequest, contact: Contact, form: PrintForm, *, status: int = 200) -> HttpResponse:
    return render_page(request, "printouts/print.html", _context(request, contact, form), status=status)


def _context(request: KithRequest, contact: Contact, form: PrintForm) -> Mapping[str, object]:
    reach = queries.reach_of(contact)
    return {
        "contact": contact,
        "form": form,
        "may_send": reach.may_send,
        "email": sight_on(contact).of("emails", reach.email),
        "sendings": queries.sendings_of(contact.pk, actor=request.actor)[:_SENDINGS_SHOWN],
        "stays_here": settings.MAIL_STAYS_HERE,
    }
