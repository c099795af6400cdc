"""Request Information (K26): choose a format, take the report along."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.kernel.errors import Refused
from kith.printouts import actions
from kith.printouts.document import active
from kith.printouts.presets import open_to
from kith.printouts.serving import answer_of
from kith.privacy.information.forms import InformationForm
from kith.privacy.information.presets import INFORMATION, REMINDER
from kith.privacy.information.queries import links_of
from kith.web.rendering import UNPROCESSABLE, render_page


@needs(Permission.CONTACT_REPORT)
@require_GET
def show(request: KithRequest, contact_id: int) -> HttpResponse:
    return page_of_contact(request, active(contact_id, actor=request.actor), InformationForm())


@needs(Permission.CONTACT_REPORT)
@require_POST
def file(request: KithRequest, contact_id: int) -> HttpResponse:
    """Asked for by POST: it is written into the journal, and no link or reload makes it again."""
    contact = active(contact_id, actor=request.actor)
    form = InformationForm(request.POST)
    if not form.is_valid():
        return page_of_contact(request, contact, form, status=UNPROCESSABLE)
    try:
        made = actions.print_contact(actor=request.actor, contact_id=contact_id, wish=form.wish())
    except Refused as error:
        form.add_error(None, error.message)
        return page_of_contact(request, contact, form, status=UNPROCESSABLE)
    return answer_of(made)


def page_of_contact(
    request: KithRequest, contact: Contact, form: InformationForm, *, address: str = "", status: int = 200
) -> HttpResponse:
    """`address`: of a link that was made just now; shown this once."""
    context = {
        "contact": contact,
        "form": form,
        "sections": open_to(request.actor, INFORMATION),
        "reminder": REMINDER,
        "address": address,
        "links": links_of(contact.pk, actor=request.actor),
    }
    page = render_page(request, "privacy/information.html", context, status=status)
    if address:
        page["Cache-Control"] = "private, no-store"
    return page
