"""Who may decide who is who: owners of cases, and those a question is assigned to."""

from __future__ import annotations

from django.db.models import QuerySet

from kith.access.models import User
from kith.access.permissions import Permission


def stewards() -> QuerySet[User]:
    """By name."""
    return User.objects.who_may(Permission.CONTACT_GROUP).order_by("name", "pk")


def is_steward(user_id: int) -> bool:
    return stewards().filter(pk=user_id).exists()
