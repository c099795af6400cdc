"""Whom the scheduled batch would take now; ordering them by hand where they are too many for it."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kith.access.http import KithRequest, needs
from kith.access.models import User
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.kernel.errors import Refused
from kith.privacy.scheduled import actions
from kith.privacy.scheduled.eligible import eligible, simulated
from kith.privacy.scheduled.forms import OrderForm
from kith.privacy.scheduled.sections import Repeat, schedule_in_force
from kith.privacy.sections import anonymisation_in_force
from kith.privacy.tasks import ask_to_carry_on
from kith.web.rendering import UNPROCESSABLE, render_page

_SHOWN: Final = 50


@needs(Permission.CONTACT_ANONYMISE)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def simulation(request: KithRequest) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    if request.method != "POST":
        return _page(request, OrderForm(user=user))
    form = OrderForm(request.POST, user=user)
    if form.is_valid():
        try:
            ordered = actions.order_eligible(actor=request.actor, expected=form.cleaned_data["number"])
        except Refused as error:
            form.add_error(None, error.message)
        else:
            ask_to_carry_on()
            messages.success(request, f"{ordered:,} contacts were ordered to be anonymised.")
            return redirect("privacy:erasures")
    return _page(request, form, status=UNPROCESSABLE)


def _page(request: KithRequest, form: OrderForm, *, status: int = 200) -> HttpResponse:
    after, schedule = _after(request), schedule_in_force()
    ids = eligible(limit=_SHOWN + 1, after=after)
    context = {
        "form": form,
        "seen": simulated(),
        "schedule": schedule,
        "is_off": schedule.repeat is Repeat.OFF,
        "repeat": _IN_WORDS[schedule.repeat],
        "months": anonymisation_in_force(),
        "contacts": Contact.objects.filter(pk__in=ids[:_SHOWN]).only("pk", "created_at").order_by("pk"),
        "next": ids[_SHOWN - 1] if len(ids) > _SHOWN else None,
        "after": after,
    }
    return render_page(request, "privacy/scheduled.html", context, status=status)


_IN_WORDS: Final = {
    Repeat.OFF: "Off",
    Repeat.NIGHTLY: "Every night",
    Repeat.WEEKLY: "One night a week",
    Repeat.MONTHLY: "One night a month",
}


def _after(request: KithRequest) -> int:
    said = request.GET.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0  # bigint
