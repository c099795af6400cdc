"""Choosing which System Ref leads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.golden import actions
from kith.kernel.errors import NotFound

LARGEST_ID = 2**63 - 1


@needs(Permission.CONTACT_GROUP)
@require_POST
def make_primary(request: KithRequest) -> HttpResponse:
    contact_id = _id(request, "contact")
    actions.make_primary(actor=request.actor, contact_id=contact_id, record_id=_id(request, "record"))
    messages.success(request, "This System Ref is now the primary one; the golden record was made anew.")
    return redirect("contacts:tab", contact_id, "system-refs")


def _id(request: KithRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and int(text) <= LARGEST_ID):
        raise NotFound("There is no such contact.")
    return int(text)
