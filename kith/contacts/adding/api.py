"""Adding a contact, for other systems. The address is that of all contacts, and so is the router."""

from __future__ import annotations

from http import HTTPStatus

from ninja import Status

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts import actions
from kith.contacts.adding.reading import form_of, places_of
from kith.contacts.adding.schemas import ContactAdded, ContactIn
from kith.contacts.api import contacts
from kith.contacts.checks.unique import ThereAlready
from kith.contacts.duplicates import possible_duplicates
from kith.contacts.entry import EntryForm
from kith.kernel.errors import Refused
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, ApiRequest, answers
from kith.web.formats import group_id

__all__ = ["contacts"]


@contacts.post(
    "",
    summary="Add a contact",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactAdded, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_new_contact(request: ApiRequest, given: ContactIn) -> Status[ContactAdded]:
    """A person or a company, as a System Ref of LOCAL under a GroupID of its own.

    422 names each place, and in `contacts` those that have the same already, or may be the same: open one of
    them instead; or name it in `group_with` and group the two; or, where it only may be, `save_anyway`.
    """
    form = form_of(given)
    if not given.save_anyway and not given.group_with:
        _unless_possible_duplicate(form, actor=request.auth)
    try:
        made = actions.add_contact(
            actor=request.auth,
            kind=given.kind,
            claim=form.claim(),
            to_group_with=frozenset(given.group_with),
            returns=given.returns,
        )
    except ThereAlready:
        raise
    except Refused as refused:
        raise places_of(form, refused) from refused
    return Status(HTTPStatus.CREATED, ContactAdded(group_id=made, group_with=given.group_with))


def _unless_possible_duplicate(form: EntryForm, *, actor: Actor) -> None:
    found = possible_duplicates(form.cleaned, actor=actor) if form.cleaned else ()
    if found:
        ids = [one.contact.pk for one in found]
        named = ", ".join(group_id(pk) for pk in ids)
        raise ThereAlready(f"This may be a contact that is there already: GroupID {named}.", contact_ids=ids)
