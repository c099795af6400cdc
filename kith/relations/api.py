"""Relations for other systems: list, add, change, remove."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal, cast

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.contacts import queries as contacts
from kith.relations import actions, queries
from kith.relations.queries import Related
from kith.relations.schemas import (
    ContactRelation,
    ContactRelationChanged,
    ContactRelationEditIn,
    ContactRelationIn,
)
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    EditsAsked,
    Id,
    Listed,
    Paging,
    answers,
    part_of,
)

contact_relations: Final = Router(tags=["relations"])


@contact_relations.get(
    "/{group_id}/relations",
    summary="List the relations of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[ContactRelation], *WITH_ID, *WITH_QUERY),
)
def list_contact_relations(
    request: ApiRequest, group_id: Id, paging: Query[Paging]
) -> Listed[ContactRelation]:
    """By type, then by name, each as seen from this contact."""
    contacts.opened(group_id, actor=request.auth)
    page = part_of([one.id for one in queries.keys_of(group_id, actor=request.auth)], paging)
    rows = queries.related(group_id, page.rows, actor=request.auth)
    return Listed[ContactRelation](items=[_out(one) for one in rows], next=page.next)


@contact_relations.post(
    "/{group_id}/relations",
    summary="Add a relation",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactRelationChanged, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def add_contact_relation(
    request: ApiRequest, group_id: Id, given: ContactRelationIn
) -> Status[ContactRelationChanged]:
    """It shows on both contacts. It hangs on the primary System Ref of each, and goes where that one goes."""
    made = actions.add_relation(
        actor=request.auth, contact_id=group_id, other_id=given.group_id, code=given.relation, note=given.note
    )
    return Status(HTTPStatus.CREATED, ContactRelationChanged(id=made.pk))


@contact_relations.post(
    "/{group_id}/relations/{relation_id}",
    summary="Change a relation",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactRelationChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def change_contact_relation(
    request: ApiRequest, group_id: Id, relation_id: Id, given: ContactRelationEditIn
) -> ContactRelationChanged:
    """Its type and note, as seen from this contact. 409: somebody changed it since you read it."""
    actions.change_relation(
        actor=request.auth,
        relation_id=relation_id,
        contact_id=group_id,
        code=given.relation,
        note=given.note,
        seen=given.edits,
    )
    return ContactRelationChanged(id=relation_id)


@contact_relations.delete(
    "/{group_id}/relations/{relation_id}",
    summary="Remove a relation",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactRelationChanged, *WITH_ID, *CHANGES),
)
def remove_contact_relation(
    request: ApiRequest, group_id: Id, relation_id: Id, asked: Query[EditsAsked]
) -> ContactRelationChanged:
    """From both contacts. Add it again to undo this."""
    actions.remove_relation(
        actor=request.auth, relation_id=relation_id, contact_id=group_id, seen=asked.edits
    )
    return ContactRelationChanged(id=relation_id)


def _out(relation: Related) -> ContactRelation:
    return ContactRelation(
        id=relation.id,
        relation=relation.code,
        label=relation.label,
        group_id=relation.contact_id,
        name=relation.name,
        kind=cast(Literal["person", "company"], relation.kind),
        note=relation.note,
        by=relation.by,
        at=relation.at,
        edits=relation.edits,
    )
