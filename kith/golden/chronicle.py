"""What no person did to the edits of a contact's golden values, for its history."""

from __future__ import annotations

from collections.abc import Iterable

from kith.contacts.history import MOST, Happening
from kith.contacts.models import Contact
from kith.golden.models import GoldenOverride
from kith.golden.rules import FIELD_LABELS


def ended_by_sources(contact: Contact) -> Iterable[Happening]:
    """Edits that held until the source changed, where it has."""
    ended = GoldenOverride.objects.filter(
        record__membership__contact_id=contact.pk, ended_because=GoldenOverride.Because.SOURCE_CHANGED
    )
    for one in ended.select_related("record__source").order_by("-ended_at")[:MOST]:
        if one.ended_at is not None:
            came = f"{FIELD_LABELS[one.field]}: another value came, and the edit by"
            yield Happening(
                one.ended_at,
                f"{came} {one.actor} ended",
                one.record.source.name,
                masked=f"{came} a colleague ended" if one.user_id is not None else "",
            )
