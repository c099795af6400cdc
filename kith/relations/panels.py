"""Relations, one of the five sections of the contact's page (C30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.access.permissions import Permission
from kith.contacts.panels import Opened
from kith.relations import drawing, queries

SHOWN: Final = 10


def section(opened: Opened) -> Mapping[str, object]:
    contact, actor = opened.contact, opened.actor
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
        "may_edit": actor.may(Permission.CONTACT_EDIT),
    }
