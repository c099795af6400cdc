"""What the rooms declare about a contact that is deleted, asked in order."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from kith.kernel.decision import Decision
from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.sources.models import Membership


def rooms() -> tuple[DeletedWith, ...]:
    declared: tuple[DeletedWith, ...] = import_string(settings.KITH_DELETED_WITH)
    return declared


def leaving_of(group_id: int) -> Leaving:
    members = Membership.objects.filter(contact_id=group_id).order_by("record_id")
    return Leaving(group_ids=(group_id,), record_ids=tuple(members.values_list("record_id", flat=True)))


def may_delete(leaving: Leaving) -> Decision:
    """Every reason of every room at once."""
    return Decision(tuple(reason for room in rooms() for reason in room.blocks(leaving)))


def what_goes(leaving: Leaving) -> tuple[Going, ...]:
    """The System Refs first."""
    found = [one for room in reversed(rooms()) for one in room.goes(leaving) if one.number]
    return tuple(found)
