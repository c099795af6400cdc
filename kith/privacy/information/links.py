"""The one-time link: made and withdrawn by an officer, opened by whoever has it."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kith.access.http import OPEN, KithRequest, needs, open_to
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.printouts.document import active
from kith.printouts.serving import answer_of
from kith.privacy.front.limits import TooMany, address_of
from kith.privacy.information import actions
from kith.privacy.information.forms import InformationForm
from kith.privacy.information.views import page_of_contact
from kith.web.outside import absolute
from kith.web.rendering import UNPROCESSABLE, render_page

GONE: Final = 410


@needs(Permission.CONTACT_REPORT)
@require_POST
def make(request: KithRequest, contact_id: int) -> HttpResponse:
    """The address stands in this answer, and nowhere else."""
    contact = active(contact_id, actor=request.actor)
    form = InformationForm(request.POST)
    if not form.is_valid():
        return page_of_contact(request, contact, form, status=UNPROCESSABLE)
    try:
        made = actions.make_link(actor=request.actor, contact_id=contact_id, wish=form.wish())
    except Refused as error:
        form.add_error(None, error.message)
        return page_of_contact(request, contact, form, status=UNPROCESSABLE)
    address = absolute(request, reverse("information:open", args=(made.token,)))
    return page_of_contact(request, contact, InformationForm(), address=address)


@needs(Permission.CONTACT_REPORT)
@require_POST
def withdraw(request: KithRequest, contact_id: int, link_id: int) -> HttpResponse:
    try:
        actions.withdraw_link(actor=request.actor, contact_id=contact_id, link_id=link_id)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The link is withdrawn, and its report removed.")
    return redirect("information:report", contact_id)


@open_to(OPEN, because="whoever was given the link to the report of their data has no account")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def open_(request: KithRequest, token: str) -> HttpResponse:
    """Looking changes nothing, and says nothing of whether the link works: programs open links too."""
    if request.method != "POST":
        return render_page(request, "privacy/information_link.html", {"token": token})
    try:
        return answer_of(actions.open_link(token=token, address=address_of(request)))
    except NotFound as error:
        return _refused(request, token, error.message, status=GONE)
    except TooMany as error:
        return _refused(request, token, error.message, status=TooMany.status)


def _refused(request: KithRequest, token: str, message: str, *, status: int) -> HttpResponse:
    context = {"token": token, "message": message}
    return render_page(request, "privacy/information_link.html", context, status=status)
