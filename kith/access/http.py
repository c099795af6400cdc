"""The request as Kith's views know it, and the door every view stands behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from kith.access.actors import NOBODY, Actor, require
from kith.access.models import User
from kith.access.permissions import Permission
from kith.kernel.errors import NotAllowed


class KithRequest(HttpRequest):
    actor: Actor
    htmx: HtmxDetails


View = TypeVar("View", bound=Callable[..., HttpResponseBase])

OPEN: Final = "open"
SIGNED_IN: Final = "signed in"
BY_KEY: Final = "by key"


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it needs; the middleware refuses everybody else."""

    def mark(view: View) -> View:
        view.kith_needs = permission  # type: ignore[attr-defined]  # functions carry attributes; no stub says so
        return view

    return mark


def open_to(whom: str, *, because: str) -> Callable[[View], View]:
    """Mark a view that needs no permission: `OPEN` to anybody or `SIGNED_IN`, and say why."""
    if not because:
        raise ValueError("say why this view needs no permission")

    def mark(view: View) -> View:
        view.kith_needs = whom  # type: ignore[attr-defined]  # functions carry attributes; no stub says so
        if whom == OPEN:
            view.login_required = False  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
        return view

    return mark


def by_key(view: View) -> View:
    """Mark a view of the API: it looks at the key of the request itself, and at no cookie.

    Hence no CSRF token: a browser sends cookies by itself, but never a key.
    """
    view.kith_needs = BY_KEY  # type: ignore[attr-defined]  # functions carry attributes; no stub says so
    view.login_required = False  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
    view.csrf_exempt = True  # type: ignore[attr-defined]  # read by CsrfViewMiddleware
    return view


class ActorMiddleware:
    """Gives the request its actor; refuses views whose permission the actor lacks, or that declare none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.actor = user.actor if isinstance(user, User) else NOBODY  # type: ignore[attr-defined]  # KithRequest
        return self.get_response(request)

    def process_view(
        self, request: KithRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> None:
        needed = getattr(view, "kith_needs", None)
        if needed in {OPEN, SIGNED_IN, BY_KEY}:
            return
        if not isinstance(needed, Permission):
            raise RuntimeError(f"the view {view.__module__}.{view.__qualname__} declares no permission")  # noqa: TRY004  # a mistake in our code, not in a value
        try:
            require(request.actor, needed)
        except NotAllowed as error:  # no view has run yet, so only Django's own error reaches the 403 page
            raise PermissionDenied(error.message) from error
