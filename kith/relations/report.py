from __future__ import annotations

from kith.contacts.report import MOST_ROWS, Content, ReportSection, Subject, table
from kith.relations import queries


def _relations(subject: Subject) -> Content:
    """Of the other contact its name and GroupID, no more."""
    contact_id, actor = subject.contact.pk, subject.actor
    keys = queries.keys_of(contact_id, actor=actor)[: MOST_ROWS + 1]
    related = queries.related(contact_id, [one.id for one in keys], actor=actor)
    heads = {
        "relation": "Relation",
        "name": "Contact",
        "group_id": "GroupID",
        "note": "Note",
        "at": "Added",
        "by": "By",
    }
    return table(
        heads,
        [(one.label, one.name, one.contact_id, one.note, one.at, one.by) for one in related],
    )


RELATIONS = ReportSection(
    key="relations", label="Relations", about="Whom the contact is related to, and how.", load=_relations
)
