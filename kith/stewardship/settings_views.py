"""Settings of stewardship: what waits, and what needs a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.stewardship import actions
from kith.stewardship.policy import settings_in_force
from kith.stewardship.settings_forms import StewardshipSettingsForm
from kith.web.rendering import render_page


@needs(Permission.SETTINGS_VIEW)
@require_GET
def show(request: KithRequest) -> HttpResponse:
    form = StewardshipSettingsForm(instance=settings_in_force())
    may_edit = request.actor.may(Permission.SETTINGS_EDIT)
    for field in form.fields.values():
        field.disabled = not may_edit
    context = {"form": form, "may_edit": may_edit}
    return render_page(request, "stewardship/stewardship_settings.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_POST
def save(request: KithRequest) -> HttpResponse:
    form = StewardshipSettingsForm(request.POST, instance=settings_in_force())
    if not form.is_valid():
        context = {"form": form, "may_edit": True}
        return render_page(request, "stewardship/stewardship_settings.html", context, status=422)
    actions.save_settings(actor=request.actor, settings=form.instance)
    messages.success(request, "The settings were saved.")
    return redirect("stewardship-settings:show")
