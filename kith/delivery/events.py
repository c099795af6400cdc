"""What other systems can be told of. Every event says GroupIDs and nothing else of a contact."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class EventType(StrEnum):
    CREATED = "contact.created"
    CHANGED = "contact.changed"
    GROUPED = "contact.grouped"
    UNGROUPED = "contact.ungrouped"
    RETIRED = "contact.retired"
    DELETED = "contact.deleted"
    ANONYMISED = "contact.anonymised"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: Final = {
    EventType.CREATED: "A GroupID is new, or in use again",
    EventType.CHANGED: "A value of the golden record changed",
    EventType.GROUPED: "System Refs of other contacts joined a contact",
    EventType.UNGROUPED: "System Refs left a contact, or it fell into several",
    EventType.RETIRED: "A GroupID lost its last System Ref and leads to its successor",
    EventType.DELETED: "A contact was deleted for good; its GroupID leads nowhere",
    EventType.ANONYMISED: "A contact was anonymised for good; erase it wherever you hold it",
}
TEST: Final = "webhook.test"
