"""Webhooks: who is told of what, and what became of each message."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.delivery import actions, queries, signing
from kith.delivery.forms import EndpointForm
from kith.delivery.models import Attempt, Endpoint, Message
from kith.delivery.sending import Trouble
from kith.delivery.tasks import defer_send
from kith.kernel.errors import Refused
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.SETTINGS_VIEW)
@require_GET
def endpoint_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.endpoints(actor=request.actor), request)
    context = {"page": page, "may_edit": request.actor.may(Permission.SETTINGS_EDIT)}
    return render_page(request, "delivery/endpoint_list.html", context)


@needs(Permission.SETTINGS_VIEW)
@require_GET
def endpoint_detail(request: KithRequest, endpoint_id: int) -> HttpResponse:
    endpoint = queries.endpoint_of(endpoint_id, actor=request.actor)
    state = request.GET.get("show", "")
    shown = state if state in set(Message.State) else ""
    page = page_of(queries.messages_of(endpoint, state=shown), request, 25)
    context = {
        "endpoint": endpoint,
        "page": page,
        "rows": [(one, [_line(attempt) for attempt in one.tries.all()]) for one in page.rows],
        "tabs": [("", "All"), *((str(one.value), one.label) for one in Message.State)],
        "tab": shown,
        "may_edit": request.actor.may(Permission.SETTINGS_EDIT),
    }
    return render_page(request, "delivery/endpoint_detail.html", context, region="rows")


def _line(attempt: Attempt) -> tuple[Attempt, str]:
    words = Trouble(attempt.trouble).label if attempt.trouble else "Delivered"
    return attempt, f"{words} ({attempt.status})" if attempt.status else words


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def endpoint_add(request: KithRequest) -> HttpResponse:
    """Answers with the secret itself: a redirect would have to leave it in a cookie on its way."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            endpoint = actions.add_endpoint(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            _say(form, refused)
        else:
            return _secret(request, endpoint)
    context = {"form": form, "heading": "Add webhook"}
    return render_page(request, "delivery/endpoint_form.html", context, status=422 if form.is_bound else 200)


@needs(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def endpoint_edit(request: KithRequest, endpoint_id: int) -> HttpResponse:
    endpoint = queries.endpoint_of(endpoint_id, actor=request.actor)
    now = {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        try:
            actions.edit_endpoint(actor=request.actor, endpoint_id=endpoint_id, **form.cleaned_data)
        except Refused as refused:
            _say(form, refused)
        else:
            messages.success(request, "Saved.")
            return redirect("delivery:detail", endpoint_id)
    context = {"form": form, "heading": f"Edit {endpoint.name}", "endpoint": endpoint}
    return render_page(request, "delivery/endpoint_form.html", context, status=422 if form.is_bound else 200)


def _say(form: EndpointForm, refused: Refused) -> None:
    for field, sentence in (refused.fields or {"url": refused.message}).items():
        form.add_error(field, sentence)


def _secret(request: KithRequest, endpoint: Endpoint) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": signing.secret_of(endpoint.salt)}
    return render_page(request, "delivery/endpoint_secret.html", context)


@needs(Permission.SETTINGS_EDIT)
@require_POST
@never_cache
def endpoint_new_secret(request: KithRequest, endpoint_id: int) -> HttpResponse:
    return _secret(request, actions.change_secret(actor=request.actor, endpoint_id=endpoint_id))


@needs(Permission.SETTINGS_EDIT)
@require_POST
def endpoint_pause(request: KithRequest, endpoint_id: int) -> HttpResponse:
    endpoint = actions.pause_endpoint(actor=request.actor, endpoint_id=endpoint_id)
    messages.success(request, f"{endpoint.name} is told nothing until it is resumed.")
    return redirect("delivery:detail", endpoint_id)


@needs(Permission.SETTINGS_EDIT)
@require_POST
def endpoint_resume(request: KithRequest, endpoint_id: int) -> HttpResponse:
    endpoint = actions.resume_endpoint(actor=request.actor, endpoint_id=endpoint_id)
    defer_send(endpoint_id)
    messages.success(request, f"{endpoint.name} is told again, beginning with what waited.")
    return redirect("delivery:detail", endpoint_id)


@needs(Permission.SETTINGS_EDIT)
@require_POST
def endpoint_remove(request: KithRequest, endpoint_id: int) -> HttpResponse:
    actions.remove_endpoint(actor=request.actor, endpoint_id=endpoint_id)
    messages.success(request, "The webhook is removed, with its messages.")
    return redirect("delivery:list")


@needs(Permission.SETTINGS_EDIT)
@require_POST
def endpoint_test(request: KithRequest, endpoint_id: int) -> HttpResponse:
    actions.send_test(actor=request.actor, endpoint_id=endpoint_id)
    defer_send(endpoint_id)
    messages.success(request, "A test is on its way. It shows below as soon as it was tried.")
    return redirect("delivery:detail", endpoint_id)


@needs(Permission.SETTINGS_EDIT)
@require_POST
def message_again(request: KithRequest, message_id: int) -> HttpResponse:
    message = actions.send_again(actor=request.actor, message_id=message_id)
    defer_send(message.endpoint_id)
    messages.success(request, "It is sent again now, with the same webhook-id.")
    return redirect("delivery:detail", message.endpoint_id)
