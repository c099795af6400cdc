"""The door of the API: every operation says which permission its key needs.

    @router.get("/{group_id}", auth=with_key(Permission.CONTACT_VIEW), response=answers(ContactOut, *WITH_ID))

An operation that says nothing is closed to everybody (`CLOSED`), and a guard fails the build.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.kernel.errors import NotAllowed
from kith.users.keys import actor_of


class ApiKeyDoor(HttpAuthBase):
    openapi_scheme = "bearer"
    openapi_bearerFormat = "kith_<prefix>_<secret>"  # the name is OpenAPI's

    def __init__(self, permission: Permission | None) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Actor:
        """Before anything of the request is read; becomes `request.auth`."""
        actor = actor_of(request)
        if self.permission is None:
            raise NotAllowed("This operation is closed: it declares no permission.")
        require(actor, self.permission)
        return actor


def with_key(permission: Permission) -> ApiKeyDoor:
    return ApiKeyDoor(permission)


CLOSED: Final = ApiKeyDoor(None)
