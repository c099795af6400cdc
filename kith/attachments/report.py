from __future__ import annotations

from kith.attachments import queries
from kith.contacts.report import MOST_ROWS, Content, ReportSection, Subject, table


def _attachments(subject: Subject) -> Content:
    """Their names; the files themselves stay where they are."""
    heads = {
        "name": "Name",
        "classification": "Classification",
        "note": "Note",
        "at": "Attached",
        "by": "By",
    }
    labels = queries.class_labels()
    rows = queries.attachments_of(subject.contact.pk, actor=subject.actor)
    return table(
        heads,
        [
            (
                one.name,
                labels.get(one.class_code, one.class_code),
                one.note,
                one.at,
                subject.by(one.actor, is_colleague=one.user_id is not None),
            )
            for one in rows[: MOST_ROWS + 1]
        ],
    )


ATTACHMENTS = ReportSection(
    key="attachments", label="Attachments", about="Their names, not the files.", load=_attachments
)
