"""Every operation of the API declares its permission; one that does not is closed, and fails here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from ninja import Router, Schema
from ninja.operation import Operation

from kith.access.http import BY_KEY
from kith.config.api import PREFIX, api, changes_something, document
from kith.users.key_door import CLOSED, ApiKeyDoor
from kith.web.api import Problem

OPERATIONS = api.operations()
by_name = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.view_func.__name__)


@by_name
def test_every_operation_declares_the_permission_of_its_key(operation: Operation) -> None:
    (door,) = operation.auth_callbacks
    assert isinstance(door, ApiKeyDoor)
    assert door.permission is not None, "declare auth=with_key(Permission.…)"


@by_name
def test_every_operation_says_how_it_refuses(operation: Operation) -> None:
    refusals = {status for status in operation.response_models if status >= 400}
    assert {401, 403, 429} <= refusals, "declare response=answers(…)"
    assert all(_shape(operation, status) is Problem for status in refusals)


@by_name
def test_every_change_says_how_its_idempotency_key_is_refused(operation: Operation) -> None:
    """All of them take one: `config/api.py` wraps whatever is no read, unless it is marked `@only_asks`."""
    if changes_something(operation):
        assert {409, 422} <= set(operation.response_models), "declare answers(…, *CHANGES)"
        assert hasattr(operation.run, "__wrapped__"), "add the router above the loop that wraps changes"


@by_name
def test_answers_that_are_kept_hold_ids_and_states_only(operation: Operation) -> None:
    """They are kept for a day, so that a change sent twice is made once: no value of a contact is in them."""
    if changes_something(operation):
        models = [_shape(operation, status) for status in operation.response_models if status < 400]
        for model in models:
            assert isinstance(model, type)
            assert issubclass(model, Schema)
            assert not list(_texts(model.model_json_schema()))


def _texts(node: Any) -> Iterator[Any]:
    """Places of the description where any text may stand."""
    if isinstance(node, dict):
        if node.get("type") == "string" and not {"enum", "const", "format"} & node.keys():
            yield node
        for one in node.values():
            yield from _texts(one)
    elif isinstance(node, list):
        for one in node:
            yield from _texts(one)


def _shape(operation: Operation, status: int) -> object:
    return operation.response_models[status].model_fields["response"].annotation


@by_name
def test_every_operation_has_a_sentence(operation: Operation) -> None:
    assert operation.summary != operation.view_func.__name__.title().replace("_", " ")
    assert operation.tags


def test_operations_have_names_of_their_own() -> None:
    names = [one.view_func.__name__ for one in OPERATIONS]
    assert len(names) == len(set(names))


def test_an_operation_that_declares_nothing_is_closed() -> None:
    assert api.auth == [CLOSED]
    assert CLOSED.permission is None


def test_a_routers_own_door_does_not_stand_for_its_operations() -> None:
    routers = [router for _, router in api._routers]
    assert all(
        isinstance(router, Router) and callable(getattr(router.auth, "__class__", None)) for router in routers
    )
    assert not [router for router in routers if isinstance(router.auth, ApiKeyDoor)]


def test_every_address_of_the_api_is_reached_through_the_guarded_view() -> None:
    """The size, the media type and the no-store of an answer are seen to before and after any operation."""
    below = [
        pattern
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and str(entry.pattern) == "api/"
        for inner in entry.url_patterns
        if isinstance(inner, URLResolver)
        for pattern in inner.url_patterns
    ]
    assert len(below) > len(document()["paths"])
    assert all(isinstance(one, URLPattern) and one.callback.kith_needs == BY_KEY for one in below)
    assert all(path.startswith(PREFIX) for path in document()["paths"])
