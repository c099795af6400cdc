"""What anybody may open: the form, and the page that the e-mail leads to."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from kith.access.http import OPEN, KithRequest, open_to
from kith.kernel.errors import NotFound
from kith.printouts.branding import branding_in_force
from kith.privacy.front.limits import TooMany, address_of
from kith.privacy.register.front import actions
from kith.privacy.register.front.forms import PublicRequestForm
from kith.privacy.register.sections import requests_in_force
from kith.web.outside import absolute
from kith.web.rendering import UNPROCESSABLE, render_page

GONE: Final = 410
_PERSONS: Final = "persons who ask have no account; it is shown only when the settings switch it on"


@open_to(OPEN, because=_PERSONS)
@sensitive_post_parameters("name", "email", "words")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def form(request: KithRequest) -> HttpResponse:
    if not requests_in_force().has_public_form:
        raise NotFound("There is no such page.")
    if request.method != "POST":
        return _form_page(request, PublicRequestForm())
    given = PublicRequestForm(request.POST)
    if not given.is_valid():
        return _form_page(request, given, status=UNPROCESSABLE)
    try:
        actions.ask(
            kind=given.cleaned_data["kind"],
            said=given.said(),
            address=address_of(request),
            link_of=lambda token: absolute(request, reverse("privacy-request:confirm", args=(token,))),
        )
    except TooMany as error:
        given.add_error(None, error.message)
        return _form_page(request, given, status=TooMany.status)
    return redirect("privacy-request:sent")


@open_to(OPEN, because=_PERSONS)
@require_GET
@never_cache
def sent(request: KithRequest) -> HttpResponse:
    return render_page(request, "register/front_sent.html", {})


@open_to(OPEN, because="whoever confirms by the link of the e-mail has no account")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: KithRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing, and says nothing of whether it works: programs open links too."""
    if request.method != "POST":
        return render_page(request, "register/front_confirm.html", {"token": token})
    try:
        actions.confirm(token=token, address=address_of(request))
    except NotFound as error:
        return _refused(request, error.message, status=GONE)
    except TooMany as error:
        return _refused(request, error.message, status=TooMany.status)
    return redirect("privacy-request:done")


@open_to(OPEN, because=_PERSONS)
@require_GET
@never_cache
def done(request: KithRequest) -> HttpResponse:
    return render_page(request, "register/front_done.html", {})


def _form_page(request: KithRequest, given: PublicRequestForm, *, status: int = 200) -> HttpResponse:
    context = {"form": given, "organisation": branding_in_force().organisation}
    return render_page(request, "register/front_form.html", context, status=status)


def _refused(request: KithRequest, message: str, *, status: int) -> HttpResponse:
    context = {"message": message, "has_form": requests_in_force().has_public_form}
    return render_page(request, "register/front_refused.html", context, status=status)
