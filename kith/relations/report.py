from __future__ import annotations

from kith.contacts.report import MOST_ROWS, Content, ReportSection, Subject, table
from kith.contacts.rights.masks import DOTS
from kith.relations import queries


def _relations(subject: Subject) -> Content:
    """Of the other contact its name and GroupID, no more; neither where third persons are masked."""
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
        [
            (
                one.label,
                DOTS if subject.masks_others else one.name,
                None if subject.masks_others else one.contact_id,
                one.note,
                one.at,
                subject.by(one.by, is_colleague=one.by_colleague),
            )
            for one in related
        ],
    )


RELATIONS = ReportSection(
    key="relations", label="Relations", about="Whom the contact is related to, and how.", load=_relations
)
