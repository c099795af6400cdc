from __future__ import annotations

from http import HTTPStatus
from typing import Final

from ninja import Router, Status

from kith.access.permissions import Permission
from kith.contacts.intake import actions
from kith.sources.api import asked
from kith.sources.schemas import ImportAsked
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_ID, ApiRequest, Id, answers

contact_imports: Final = Router(tags=["imports"])


@contact_imports.post(
    "/{import_id}/undo",
    summary="Take an import of contacts back",
    auth=with_key(Permission.IMPORT_RUN),
    response=answers(ImportAsked, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def undo_import(request: ApiRequest, import_id: Id) -> Status[ImportAsked]:
    """What it created goes, what it updated says again what it said before; what somebody changed since
    stays. Needs the permission to edit contacts too.
    """
    return Status(HTTPStatus.ACCEPTED, asked(actions.ask_undo(actor=request.auth, import_id=import_id)))
