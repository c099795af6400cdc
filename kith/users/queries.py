from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import F, QuerySet, Sum

from kith.access.actors import Actor, require
from kith.access.models import ApiKey, User
from kith.access.permissions import Permission
from kith.kernel.clock import now
from kith.kernel.errors import NotFound


def users(*, actor: Actor) -> QuerySet[User]:
    require(actor, Permission.USER_VIEW)
    return User.objects.order_by("-is_active", "name", "id")


def user(user_id: int, *, actor: Actor) -> User:
    require(actor, Permission.USER_VIEW)
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise NotFound("There is no such user.")
    return found


def locked_out(*, actor: Actor) -> frozenset[str]:
    """E-mails that cannot sign in just now from at least one address."""
    require(actor, Permission.USER_VIEW)
    tried = (
        AccessAttempt.objects.filter(attempt_time__gte=now() - settings.AXES_COOLOFF_TIME)
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return frozenset(row["username"] for row in tried if row["username"])


def keepers() -> QuerySet[User]:
    """Active users who may edit users."""
    return User.objects.who_may(Permission.USER_EDIT)


def api_keys(*, actor: Actor) -> QuerySet[ApiKey]:
    """The valid first, by name; then the revoked, the newest first."""
    require(actor, Permission.API_KEY_VIEW)
    rows = ApiKey.objects.select_related("created_by")
    return rows.order_by(F("revoked_at").desc(nulls_first=True), "name", "id")
