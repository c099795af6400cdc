"""Editing a contact, for other systems: some details of it, all at once or none.

The address is that of a contact, so the operation stands on the router of contacts.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, Literal, cast

from ninja import Status

from kith.access.permissions import Permission
from kith.contacts.adding.api import contacts
from kith.golden.editing.actions import Edited, Outdated, edit_contact
from kith.golden.editing.clash import both_values
from kith.golden.editing.edit import ContactEdit, Doing, RowEdit
from kith.golden.editing.schemas import (
    AddressChange,
    ContactEdited,
    ContactEditIn,
    EditedField,
    EmailChange,
    ListName,
    PhoneChange,
    ValueEdited,
)
from kith.golden.models import GoldenOverride
from kith.golden.rules import custom_code
from kith.matching.records import CUSTOM_PREFIX
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, Id, Problem, answers, as_typed

__all__ = ["contacts"]

RowChange = EmailChange | PhoneChange | AddressChange
Json = Mapping[str, object]

_LISTS: Final = ("emails", "phones", "addresses")
_NO_DETAILS: Final = frozenset({*_LISTS, "custom", "mode", "reason", "based_on"})
_NO_PARTS: Final = frozenset({"action", "id", "is_primary", "note", "custom"})


@contacts.patch(
    "/{group_id}",
    summary="Edit a contact",
    auth=with_key(Permission.CONTACT_EDIT),
    response={
        **answers(ContactEdited, *WITH_BODY, *WITH_ID, *CHANGES),
        int(HTTPStatus.ACCEPTED): ContactEdited,
    },
)
def edit_contact_details(
    request: ApiRequest, group_id: Id, given: ContactEditIn
) -> Status[ContactEdited | Problem]:
    """Some details, all of them or none: 200. Where edits wait for the overnight run: 202.

    Fields that are not sent stay, null clears. What is sent says what the golden record is, whatever the
    sources say; it is read, formatted and held to the rules as on the page. 422 names each place, as
    `addresses[0].type`.
    """
    edit = _edit(given)
    try:
        edited = edit_contact(actor=request.auth, contact_id=group_id, edit=edit)
    except Outdated as outdated:
        reasons = both_values(group_id, edit, outdated, actor=request.auth)
        return Status(HTTPStatus.CONFLICT, Problem(error=outdated.message, reasons=reasons))
    return Status(HTTPStatus.ACCEPTED if edited.waits else HTTPStatus.OK, _edited(group_id, edited))


def _edit(given: ContactEditIn) -> ContactEdit:
    sent: Json = given.model_dump(exclude_unset=True)
    single = {name: as_typed(value) for name, value in sent.items() if name not in _NO_DETAILS}
    custom = {f"{CUSTOM_PREFIX}{code}": text or None for code, text in given.custom.items()}
    return ContactEdit(
        single=single | custom,
        rows={name: _rows(name, getattr(given, name)) for name in _LISTS},
        mode=GoldenOverride.Mode(given.mode),
        note=given.reason.strip(),
        based_on=given.based_on,
    )


def _rows(name: str, changes: list[RowChange]) -> tuple[RowEdit, ...]:
    return tuple(_row(f"{name}[{place}]", one) for place, one in enumerate(changes))


def _row(place: str, change: RowChange) -> RowEdit:
    sent: Json = change.model_dump(exclude_unset=True)
    note = {"note": change.note or ""} if "note" in sent else {}
    return RowEdit(
        place=place,
        doing=Doing(change.action),
        id=change.id,
        parts={name: as_typed(value) for name, value in sent.items() if name not in _NO_PARTS},
        is_primary=change.is_primary,
        about=note | {f"{CUSTOM_PREFIX}{code}": text or "" for code, text in change.custom.items()},
    )


def _edited(group_id: int, edited: Edited) -> ContactEdited:
    state: Literal["in_force", "pending", "unchanged"] = "pending" if edited.waits else "in_force"
    names = ["custom" if custom_code(name) else name for name in edited.fields]
    return ContactEdited(
        group_id=group_id,
        state=state if edited.fields else "unchanged",
        fields=cast("list[EditedField]", sorted(set(names))),
        values=[
            ValueEdited(list=cast("ListName", name), action=doing.value, id=made)
            for name, doing, made in edited.done
        ],
    )
