from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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
    entries = Entry.objects.filter(event="RetentionKept").order_by("-id")[: len(retained()) + 1]
    found = list(entries)
    if not found:
        return None
    at, gone = found[0].at, Counter[str]()
    for one in found:
        if one.at > at - _ONE_NIGHT:
            gone.update({what: number for what, number in one.detail.items() if isinstance(number, int)})
    labels = {CONTACTS: "Contacts ordered to be anonymised"} | {
        one.key: one.label for one in retained().values()
    }
    return Kept(at, {labels.get(what, what): number for what, number in gone.items()})


_ONE_NIGHT: Final = timedelta(hours=6)
"""An entry for each rule that something went by."""
