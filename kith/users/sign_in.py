"""Signing in and out, and one's own password."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kith.access.http import OPEN, SIGNED_IN, KithRequest, open_to
from kith.access.models import User
from kith.users import actions
from kith.users.forms import PasswordForm, SignInForm
from kith.web.rendering import render_page


@open_to(OPEN, because="one is not signed in before signing in")
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
@never_cache
def sign_in(request: KithRequest) -> HttpResponse:
    after = _safe(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated:
        return redirect(after)
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _enter(request, form):
        return redirect(after)
    context = {"form": form, "next": after}
    return render_page(request, "users/sign_in.html", context, status=422 if form.is_bound else 200)


def _enter(request: KithRequest, form: SignInForm) -> bool:
    user = authenticate(request, email=form.cleaned_data["email"], password=form.cleaned_data["password"])
    if not isinstance(user, User):
        actions.note_failed_sign_in()
        form.add_error(None, "E-mail and password do not fit together. Mind capital letters, and try again.")
        return False
    login(request, user)
    actions.note_sign_in(actor=user.actor)
    return True


def _safe(request: KithRequest, target: str) -> str:
    """Where to go afterwards: a page of this installation, never another host."""
    here = {request.get_host()}
    if url_has_allowed_host_and_scheme(target, allowed_hosts=here, require_https=request.is_secure()):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@open_to(SIGNED_IN, because="everybody may leave")
@require_POST
def sign_out(request: KithRequest) -> HttpResponse:
    actions.note_sign_out(actor=request.actor)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@open_to(SIGNED_IN, because="everybody may change their own password")
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("old", "new", "again")
@never_cache
def password(request: KithRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    form = PasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        user = actions.change_own_password(actor=request.actor, password=form.cleaned_data["new"])
        update_session_auth_hash(request, user)
        messages.success(request, "Your password was changed. Other browsers have to sign in again.")
        return redirect("users:password")
    return render_page(request, "users/password.html", {"form": form}, status=422 if form.is_bound else 200)
