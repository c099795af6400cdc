"""Attachments for other systems: list, attach, fetch, file, delete; the photo."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from django.http import HttpResponseBase
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from kith.access.permissions import Permission
from kith.attachments import actions, queries, serving
from kith.attachments.actions import Filing
from kith.attachments.forms import given_of
from kith.attachments.models import Attachment
from kith.attachments.rules import DeleteReason
from kith.attachments.schemas import (
    AttachmentChanged,
    AttachmentDeleteIn,
    AttachmentMade,
    AttachmentOut,
    FilingIn,
    FromLibraryIn,
    PhotoChanged,
    RefilingIn,
)
from kith.contacts import queries as contacts
from kith.contacts import trail
from kith.kernel.errors import NotFound
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
    Problem,
    answers,
    falling,
)

contact_attachments: Final = Router(tags=["attachments"])
attachments: Final = Router(tags=["attachments"])
_FILE: Final = {
    "responses": {200: {"description": "The file", "content": {"*/*": {"schema": {"type": "string"}}}}}
}

_ONLY_REFUSALS: Final = {
    code: shape
    for code, shape in answers(Problem, *WITH_ID, HTTPStatus.UNPROCESSABLE_ENTITY).items()
    if code != HTTPStatus.OK
}


@contact_attachments.get(
    "/{group_id}/attachments",
    summary="List the attachments of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[AttachmentOut], *WITH_ID, *WITH_QUERY),
)
def list_attachments(request: ApiRequest, group_id: Id, paging: Query[Paging]) -> Listed[AttachmentOut]:
    """Of all its System Refs, the newest first."""
    contacts.opened(group_id, actor=request.auth)
    trail.viewed(group_id, by=request.auth, through="API")
    page = falling(queries.attachments_of(group_id, actor=request.auth).order_by(), paging)
    return Listed[AttachmentOut](items=[_out(one, group_id) for one in page.rows], next=page.next)


@contact_attachments.post(
    "/{group_id}/attachments",
    summary="Attach a file",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AttachmentMade, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def attach_file(
    request: ApiRequest, group_id: Id, file: File[UploadedFile], filing: Form[FilingIn]
) -> Status[AttachmentMade]:
    """As `multipart/form-data`. Programs are refused, and what is not what its name says."""
    made = actions.attach_file(
        actor=request.auth,
        contact_id=group_id,
        given=given_of(file),
        filing=Filing(name=filing.name, class_code=filing.classification, note=filing.note),
    )
    return Status(HTTPStatus.CREATED, AttachmentMade(id=made.pk, group_id=group_id))


@contact_attachments.post(
    "/{group_id}/attachments-from-library",
    summary="Attach an entry of the library",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AttachmentMade, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def attach_library_entry(request: ApiRequest, group_id: Id, given: FromLibraryIn) -> Status[AttachmentMade]:
    """A file or a web address; it is not copied."""
    made = actions.attach_entry(
        actor=request.auth,
        contact_id=group_id,
        entry_id=given.entry,
        filing=Filing(name=given.name, class_code=given.classification, note=given.note),
    )
    return Status(HTTPStatus.CREATED, AttachmentMade(id=made.pk, group_id=group_id))


@attachments.get(
    "/{attachment_id}",
    summary="Open an attachment",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(AttachmentOut, *WITH_ID),
)
def open_attachment(request: ApiRequest, attachment_id: Id) -> AttachmentOut:
    """With the contact it hangs on now."""
    found = queries.opened(attachment_id, actor=request.auth)
    trail.viewed(found.contact_id, by=request.auth, through="API")
    return _out(found.attachment, found.contact_id)


@attachments.get(
    "/{attachment_id}/content",
    summary="Fetch the file of an attachment",
    auth=with_key(Permission.CONTACT_VIEW),
    response=_ONLY_REFUSALS,
    openapi_extra=_FILE,
)
def fetch_attachment(request: ApiRequest, attachment_id: Id) -> HttpResponseBase:
    """As it was attached. 404: there is none, or it is a web address. It is written into the journal."""
    found = queries.opened(attachment_id, actor=request.auth)
    if found.file is None:
        raise NotFound("This is a web address, not a file.")
    answer = serving.download(found.file, name=found.attachment.name)
    trail.downloaded(found.contact_id, by=request.auth, attachment_id=attachment_id)
    return answer


@attachments.put(
    "/{attachment_id}",
    summary="File an attachment otherwise",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AttachmentChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def refile_attachment(request: ApiRequest, attachment_id: Id, given: RefilingIn) -> AttachmentChanged:
    """Another name, classification or note: all of it at once."""
    filing = Filing(name=given.name, class_code=given.classification, note=given.note)
    actions.refile(actor=request.auth, attachment_id=attachment_id, filing=filing, seen=given.seen)
    return AttachmentChanged(id=attachment_id)


@attachments.post(
    "/{attachment_id}/delete",
    summary="Delete an attachment",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(AttachmentChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def delete_contact_attachment(
    request: ApiRequest, attachment_id: Id, given: AttachmentDeleteIn
) -> AttachmentChanged:
    """For good. Why stays in the history."""
    actions.delete_attachment(
        actor=request.auth,
        attachment_id=attachment_id,
        reason=DeleteReason(given.reason),
        note=given.note,
        seen=given.seen,
    )
    return AttachmentChanged(id=attachment_id)


@contact_attachments.get(
    "/{group_id}/photo",
    summary="Fetch the photo of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=_ONLY_REFUSALS,
    openapi_extra=_FILE,
)
def fetch_photo(request: ApiRequest, group_id: Id) -> HttpResponseBase:
    """As Kith drew it anew. 404: the contact has none."""
    return serving.picture(queries.photo(group_id, actor=request.auth).file)


@contact_attachments.post(
    "/{group_id}/photo",
    summary="Set the photo of a contact",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(PhotoChanged, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def set_contact_photo(request: ApiRequest, group_id: Id, file: File[UploadedFile]) -> Status[PhotoChanged]:
    """JPEG or PNG, as `multipart/form-data`. In place of the one there is."""
    contacts.opened(group_id, actor=request.auth)
    actions.set_photo(actor=request.auth, contact_id=group_id, given=given_of(file))
    return Status(HTTPStatus.CREATED, PhotoChanged(group_id=group_id))


@contact_attachments.delete(
    "/{group_id}/photo",
    summary="Remove the photo of a contact",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(PhotoChanged, *WITH_ID, *CHANGES),
)
def remove_contact_photo(request: ApiRequest, group_id: Id) -> PhotoChanged:
    """The one that is shown. Where another System Ref of the contact has one, that is shown instead."""
    actions.remove_photo(actor=request.auth, contact_id=group_id)
    return PhotoChanged(group_id=group_id)


def _out(attachment: Attachment, group_id: int) -> AttachmentOut:
    file = queries.file_of(attachment)
    return AttachmentOut(
        id=attachment.pk,
        group_id=group_id,
        kind="file" if file else "url",
        name=attachment.name,
        classification=attachment.class_code,
        note=attachment.note,
        media_type=file.media_type if file else None,
        size=file.size if file else None,
        url=attachment.entry.url if attachment.entry and not file else None,
        library_entry=attachment.entry_id,
        by=attachment.actor,
        at=attachment.at,
        seen=state_of(Filing.of(attachment)),
    )
