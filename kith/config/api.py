"""The API at /api/v1/: one router per room, keys only, closed by default."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from types import MethodType
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.parser import Parser

from kith.access.http import SIGNED_IN, KithRequest, by_key, open_to
from kith.accounts.api import accounts, contact_accounts, linked_items
from kith.attachments.api import attachments, contact_attachments
from kith.attachments.library_api import library
from kith.attachments.sections import limits_in_force
from kith.config.api_errors import NOTHING_HERE, handle_errors_of, problem, refused
from kith.config.api_examples import add_examples
from kith.config.api_reference import reference
from kith.config.settings_api import settings_file, settings_sections
from kith.contacts.api import matching
from kith.contacts.intake.api import contact_imports
from kith.contacts.rights.api import contact_rights
from kith.contacts.standing_api import contact_suppressions
from kith.contacts.suppressions.api import suppressed_values
from kith.delivery.api import webhooks
from kith.find.api import contact_search, searches
from kith.find.bulk.api import bulk_changes
from kith.find.exporting.api import exports
from kith.golden.api import golden_overrides, golden_values, tell_sources
from kith.golden.editing.api import contacts
from kith.grouping.api import decisions, group_ids, system_refs
from kith.grouping.what_if.api import known_pairs, what_ifs
from kith.kernel.errors import DomainError
from kith.namedays.api import name_days
from kith.notes.api import contact_notes, notes
from kith.organisation.api import organisation
from kith.printouts.api import contact_printouts
from kith.privacy.elsewhere.api import erasure_tasks
from kith.privacy.information.api import contact_information
from kith.relations.api import contact_relations
from kith.runs.api import runs
from kith.sources.api import imports
from kith.stewardship.api import operations, requests
from kith.stewardship.case_api import cases
from kith.stewardship.review.api import review
from kith.stewardship.review.batch_api import review_batches
from kith.users import once
from kith.users.key_door import CLOSED, ApiKeyDoor
from kith.users.keys import actor_of, allowance_of
from kith.web.rendering import render_page

PREFIX: Final = "/api/v1/"
LARGEST_BODY: Final = 256 * 1024
"""One record, typed in full, is under 10 KB; files come in as imports."""
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
JSON: Final = "application/json"
FORM: Final = "multipart/form-data"

Answer = Callable[..., HttpResponse]


class StrictJson(Parser):
    """Numbers that JSON does not know (NaN) and halves of characters are refused here, in one place."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        text = request.body.decode()
        body: dict[str, Any] = json.loads(text, parse_constant=_refuse_constant)
        if "\\u" in text:
            json.dumps(body, ensure_ascii=False).encode()
        return body


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


class KithAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def operations(self) -> list[Operation]:
        bound = self._get_bound_routers()
        return [
            one for router in bound for view in router.path_operations.values() for one in view.operations
        ]


def changes_something(operation: Operation) -> bool:
    is_read = set(operation.methods) <= READS
    return not is_read and not getattr(operation.view_func, "kith_only_asks", False)


def once_where_it_changes(run: MethodType) -> Answer:
    """`run`: of an operation, as ninja hands it over."""
    operation = run.__self__
    assert isinstance(operation, Operation)
    return once.once(run) if changes_something(operation) else run


api = KithAPI(
    title="Kith",
    version="1",
    description="Contacts, lineage, matching, stewardship and runs. Every request carries an API key.",
    urls_namespace="api",
    openapi_url=None,
    auth=CLOSED,
    parser=StrictJson(),
)
handle_errors_of(api)
api.add_decorator(once_where_it_changes, mode="view")
api.add_router("/contacts", contact_search)  # first: "search" is no GroupID
api.add_router("/contacts", contacts)
api.add_router("/contacts", contact_rights)
api.add_router("/contacts", golden_values)
api.add_router("/golden-overrides", golden_overrides)
api.add_router("/contacts", contact_attachments)
api.add_router("/contacts", contact_notes)
api.add_router("/contacts", contact_relations)
api.add_router("/contacts", contact_suppressions)
api.add_router("/suppressed-values", suppressed_values)
api.add_router("/contacts", contact_printouts)
api.add_router("/contacts", contact_information)
api.add_router("/erasure-tasks", erasure_tasks)
api.add_router("/attachments", attachments)
api.add_router("/attachments-library", library)
api.add_router("/notes", notes)
api.add_router("/corrections", tell_sources)
api.add_router("/match", matching)
api.add_router("/group-ids", group_ids)
api.add_router("/system-refs", system_refs)
api.add_router("/operations", operations)
api.add_router("/decisions", decisions)
api.add_router("/requests", requests)
api.add_router("/review", review)
api.add_router("/review", review_batches)
api.add_router("/cases", cases)
api.add_router("/organisation", organisation)
api.add_router("/contacts", contact_accounts)
api.add_router("/accounts", accounts)
api.add_router("/linked-items", linked_items)
api.add_router("/settings", settings_sections)
api.add_router("/settings-file", settings_file)
api.add_router("/searches", searches)
api.add_router("/exports", exports)
api.add_router("/bulk-changes", bulk_changes)
api.add_router("/runs", runs)
api.add_router("/imports", imports)
api.add_router("/imports", contact_imports)
api.add_router("/name-days", name_days)
api.add_router("/webhooks", webhooks)
api.add_router("/what-ifs", what_ifs)
api.add_router("/known-pairs", known_pairs)


def document() -> dict[str, Any]:
    """OpenAPI 3.1, with the permission of each operation as `x-permission`."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    known = {one.view_func.__name__: one for one in api.operations()}
    for methods in made["paths"].values():
        for described in methods.values():
            operation = known[described["operationId"]]
            described["x-permission"] = _permission(operation)
            if changes_something(operation):
                described.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    add_examples(made)
    return made


_IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": once.HEADER,
    "required": False,
    "description": "Any text of your own, new for each change. Sent again within 24 hours, the same"
    " request is answered the same and changes nothing.",
    "schema": {"type": "string", "pattern": f"^{once.NAME.pattern}$"},
}


def _permission(operation: Operation) -> str:
    doors = [door for door in operation.auth_callbacks if isinstance(door, ApiKeyDoor) and door.permission]
    return str(doors[0].permission) if len(doors) == len(operation.auth_callbacks) == 1 else ""


def _guarded(view: Answer) -> Answer:
    """What holds for every operation before and after it."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: object) -> HttpResponse:
        try:
            response = _refused_unread(request) or view(request, **kwargs)
        except DomainError as error:  # before the operation itself began
            response = refused(error)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED, f"This address answers {allowed}.")
            response["Allow"] = allowed
        response["Cache-Control"] = "no-store"
        allowance = allowance_of(request)
        for name, value in allowance.headers.items() if allowance else ():
            response[name] = value
        return response

    return by_key(answer)


def _refused_unread(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.method in READS or length == "0":
        return None
    largest_file = _largest_file(request)
    takes_file, largest = largest_file > 0, LARGEST_BODY + largest_file
    if not length.isascii() or not length.isdigit() or int(length) > largest:
        kilobytes = largest // 1024
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {kilobytes} KB.")
    wanted = FORM if takes_file else JSON
    if request.content_type != wanted:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send the body as {wanted}.")
    return None


def _largest_file(request: HttpRequest) -> int:
    """In bytes; 0 where none is taken. Its size is known before anything of it is read; the rest is said by
    the action.
    """
    found = request.resolver_match
    if found is None or not found.route.endswith(("/attachments", "/photo", "-library/files", "v1/imports")):
        return 0
    if found.route.endswith("v1/imports"):
        return int(settings.UPLOAD_LIMIT_BYTES)
    return limits_in_force().most_bytes


@by_key
@require_GET
def openapi_document(request: HttpRequest) -> HttpResponse:
    """For users who are signed in, and for keys: it describes, and shows nothing of anybody."""
    if not request.user.is_authenticated:
        try:
            actor_of(request)
        except DomainError as error:
            return refused(error)
    return JsonResponse(document())


@open_to(SIGNED_IN, because="it describes the API and shows nothing of anybody")
@require_GET
def docs(request: KithRequest) -> HttpResponse:
    return render_page(request, "config/api_docs.html", {"reference": reference(document())})


@by_key
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    return problem(HTTPStatus.NOT_FOUND, NOTHING_HERE)


def _operation_urls() -> list[URLPattern | URLResolver]:
    patterns = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    for pattern in patterns:
        pattern.callback = _guarded(pattern.callback)
    return [*patterns, path("<path:rest>", nothing, name="nothing")]


urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs, name="api-docs"),
    path("openapi.json", openapi_document, name="api-document"),
    path("v1/", (_operation_urls(), "api", "api")),
]
