from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.privacy.retention.sections import CONTACTS, retained


@dataclass(frozen=True, slots=True)
class Kept:
    at: datetime
    gone: Mapping[str, int]
    """By what it is, in words."""


def kept_last(*, actor: Actor) -> Kept | None:
    """The last night in which anything went."""
    require(actor, Permission.SETTINGS_VIEW)
    entry = Entry.objects.filter(event="RetentionKept").order_by("-id").first()
    if entry is None:
        return None
    labels = {
        CONTACTS: "Contacts ordered to be anonymised",
        **{one.key: one.label for one in retained().values()},
    }
    return Kept(entry.at, {labels.get(what, what): number for what, number in entry.detail.items()})
