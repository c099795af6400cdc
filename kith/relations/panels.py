"""Relations, one of the five sections of the contact's page (C30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.access.permissions import Permission
from kith.contacts.panels import Opened
from kith.relations import drawing, queries

SHOWN: Final = 10
TALLIED: Final = (
    "FROM (SELECT 1 FROM relations_relation WHERE from_record_id IN (SELECT record_id FROM mine)"
    " UNION ALL SELECT 1 FROM relations_relation WHERE to_record_id IN (SELECT record_id FROM mine)) ends"
)


def section(opened: Opened) -> Mapping[str, object]:
    contact, actor = opened.contact, opened.actor
    may_edit = actor.may(Permission.CONTACT_EDIT)
    if not opened.tally["relations"]:
        return {"rows": [], "more": 0, "picture": None, "within": [], "may_edit": may_edit}
    keys = queries.keys_of(contact.pk, actor=actor)
    drawn = drawing.pictured(contact.kind, keys)
    listed = [one.id for one in keys[:SHOWN]]
    pictured = [one.id for one in drawn[: drawing.MOST]]
    by_id = {one.id: one for one in queries.related(contact.pk, [*listed, *pictured], actor=actor)}
    return {
        "rows": [by_id[one] for one in listed if one in by_id],
        "more": len(keys) - len(listed),
        "picture": drawing.picture(
            contact, [by_id[one] for one in pictured if one in by_id], more=len(drawn) - len(pictured)
        ),
        "within": queries.within(contact.pk, actor=actor) if actor.may(Permission.CONTACT_GROUP) else [],
        "may_edit": may_edit,
    }
