from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.settings.industries import INDUSTRIES, industries_in_force
from kith.contacts.settings.nace import SOURCE, with_nace
from kith.settings import actions


@needs(Permission.SETTINGS_EDIT)
@require_POST
def load_industries(request: KithRequest) -> HttpResponse:
    """Adds what is not there yet; nothing that is there is changed."""
    value = with_nace(industries_in_force())
    made = actions.save_section(
        actor=request.actor, section=INDUSTRIES, value=value, note=f"Loaded: {SOURCE}"
    )
    said = "The sectors and industries of NACE were added." if made else "They were all there already."
    messages.success(request, said)
    return redirect("contact-settings:industries")
