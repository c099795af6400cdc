from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.suppressions.asked import actions
from kith.kernel.errors import Refused


@needs(Permission.CONTACT_SUPPRESS)
@require_POST
def cancel(request: KithRequest, asked_id: int) -> HttpResponse:
    try:
        asked = actions.cancel_asked(actor=request.actor, asked_id=asked_id)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("suppressions:list")
    messages.success(request, "Cancelled: the suppression stays.")
    return redirect("contacts:detail", asked.contact_id)
