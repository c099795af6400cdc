from __future__ import annotations

from kith.contacts.report import MOST_ROWS, Content, ReportSection, Subject, table
from kith.notes import queries


def _notes(subject: Subject) -> Content:
    rows = queries.notes_of(subject.contact.pk, actor=subject.actor)
    return table(
        {"at": "Written", "text": "Note", "by": "By"},
        [
            (one.at, one.text, subject.by(one.actor, is_colleague=one.user_id is not None))
            for one in rows[: MOST_ROWS + 1]
        ],
    )


NOTES = ReportSection(
    key="notes",
    label="Notes",
    about="What colleagues wrote down. Think twice before it leaves the house.",
    load=_notes,
    is_usual=False,
)
