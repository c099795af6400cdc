"""API keys: who has one, a new one, and the end of one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.kernel.clock import now
from kith.kernel.errors import Refused
from kith.users import actions, keys, queries
from kith.users.forms import KeyForm
from kith.web.paging import page_of
from kith.web.rendering import render_page


@needs(Permission.API_KEY_VIEW)
@require_GET
def key_list(request: KithRequest) -> HttpResponse:
    page = page_of(queries.api_keys(actor=request.actor), request)
    moment = now()
    context = {
        "page": page,
        "keys": [(key, key.is_valid_at(moment)) for key in page.rows],
        "may_edit": request.actor.may(Permission.API_KEY_EDIT),
    }
    return render_page(request, "users/key_list.html", context)


@needs(Permission.API_KEY_EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def key_add(request: KithRequest) -> HttpResponse:
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = _add(request, form)
        if made is not None:
            return made
    return render_page(request, "users/key_add.html", {"form": form}, status=422 if form.is_bound else 200)


def _add(request: KithRequest, form: KeyForm) -> HttpResponse | None:
    """Answers with the page itself: a redirect would have to leave the secret in a cookie on its way.

    Sent again, the form is refused, because a key of this name is there.
    """
    token = keys.new_token()
    try:
        key = actions.create_api_key(
            actor=request.actor,
            name=form.cleaned_data["name"],
            role=form.cleaned_data["role"],
            scopes=form.cleaned_data["scopes"] or None,
            requests_per_minute=form.cleaned_data["requests_per_minute"] or 600,
            prefix=token.prefix,
            secret_hash=token.secret_hash,
            expires_at=form.expires_at,
        )
    except Refused as refused:
        for field, sentence in (refused.fields or {"role": refused.message}).items():
            form.add_error(field, sentence)
        return None
    return render_page(request, "users/key_made.html", {"key": key, "token": token.text})


@needs(Permission.API_KEY_EDIT)
@require_POST
def key_revoke(request: KithRequest, key_id: int) -> HttpResponse:
    key = actions.revoke_api_key(actor=request.actor, key_id=key_id)
    messages.success(request, f"The API key {key.name} opens nothing any more.")
    return redirect("users:api-keys")
