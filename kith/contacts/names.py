"""How names read: by the rule that the settings choose (C1)."""

from __future__ import annotations

from kith.contacts.settings.name_display import name_display
from kith.sources.models import SourceRecord


def record_name(record: SourceRecord) -> str:
    """As this one System Ref has it; '' when it has none."""
    if record.company_name and not (record.first_name or record.last_name):
        return record.company_name
    return name_display().shown(record.first_name, record.middle_name, record.last_name)


def record_detail(record: SourceRecord) -> tuple[str, str]:
    """(kind, value) of the one detail that tells most beside the name."""
    if record.emails:
        return "text", record.emails[0]
    if record.phones:
        return "phone", record.phones[0]
    for address in record.addresses:
        place = " ".join(part for part in (address.get("postcode"), address.get("city")) if part)
        if place:
            return "text", place
    return "text", ""
