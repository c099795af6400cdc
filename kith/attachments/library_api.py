"""The attachments library for other systems: list, add a file or a web address, edit, retire, delete."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal, cast

from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from kith.access.permissions import Permission
from kith.attachments import actions, queries
from kith.attachments.actions import EntryDetails, Filing
from kith.attachments.forms import given_of
from kith.attachments.models import LibraryEntry
from kith.attachments.schemas import (
    FilingIn,
    LibraryAddressIn,
    LibraryEntryChanged,
    LibraryEntryIn,
    LibraryEntryOut,
)
from kith.kernel.seen import state_of
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    SeenAsked,
    answers,
    rising,
)

library: Final = Router(tags=["attachments"])


@library.get(
    "",
    summary="List the attachments library",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[LibraryEntryOut], *WITH_QUERY),
)
def list_library(request: ApiRequest, paging: Query[Paging]) -> Listed[LibraryEntryOut]:
    """Files and web addresses that can be attached to any contact; inactive ones too."""
    page = rising(
        LibraryEntry.objects.filter(pk__in=queries.library(actor=request.auth).values("pk")), paging
    )
    return Listed[LibraryEntryOut](items=[_out(one) for one in page.rows], next=page.next)


@library.post(
    "/files",
    summary="Add a file to the library",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(LibraryEntryChanged, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_library_file(
    request: ApiRequest, file: File[UploadedFile], filing: Form[FilingIn]
) -> Status[LibraryEntryChanged]:
    """As `multipart/form-data`, held to the same limits as attachments. It never changes: add another."""
    made = actions.add_library_file(actor=request.auth, given=given_of(file), filing=_filing(filing))
    return Status(HTTPStatus.CREATED, LibraryEntryChanged(id=made.pk, is_active=made.is_active))


@library.post(
    "/addresses",
    summary="Add a web address to the library",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(LibraryEntryChanged, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_library_address(request: ApiRequest, given: LibraryAddressIn) -> Status[LibraryEntryChanged]:
    made = actions.add_library_url(actor=request.auth, url=given.url, filing=_filing(given))
    return Status(HTTPStatus.CREATED, LibraryEntryChanged(id=made.pk, is_active=made.is_active))


@library.get(
    "/{entry_id}",
    summary="Open an entry of the library",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(LibraryEntryOut, *WITH_ID),
)
def open_library_entry(request: ApiRequest, entry_id: Id) -> LibraryEntryOut:
    return _out(queries.library_entry(entry_id, actor=request.auth))


@library.put(
    "/{entry_id}",
    summary="Edit or retire an entry of the library",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(LibraryEntryChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def edit_library_entry(request: ApiRequest, entry_id: Id, given: LibraryEntryIn) -> LibraryEntryChanged:
    """All of it at once. A retired entry is attached to nobody any more; where it is attached, it stays."""
    entry = actions.edit_library_entry(
        actor=request.auth,
        entry_id=entry_id,
        filing=_filing(given),
        is_active=given.is_active,
        url=given.url,
        seen=given.seen,
    )
    return LibraryEntryChanged(id=entry.pk, is_active=entry.is_active)


@library.delete(
    "/{entry_id}",
    summary="Delete an entry of the library",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(LibraryEntryChanged, *WITH_ID, *CHANGES),
)
def delete_library_entry(request: ApiRequest, entry_id: Id, asked: Query[SeenAsked]) -> LibraryEntryChanged:
    """422 while it is attached anywhere: retire it instead."""
    actions.delete_library_entry(actor=request.auth, entry_id=entry_id, seen=asked.seen)
    return LibraryEntryChanged(id=entry_id, is_active=False)


def _filing(given: FilingIn | LibraryAddressIn | LibraryEntryIn) -> Filing:
    return Filing(name=given.name, class_code=given.classification, note=given.note)


def _out(entry: LibraryEntry) -> LibraryEntryOut:
    return LibraryEntryOut(
        id=entry.pk,
        kind=cast(Literal["file", "url"], entry.kind),
        name=entry.name,
        classification=entry.class_code,
        note=entry.note,
        url=entry.url or None,
        is_active=entry.is_active,
        seen=state_of(EntryDetails.of_entry(entry)),
    )
