from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from kith.kernel.personal_data import Declarations, NotPersonal, Personal


def _declared(room: str) -> Declarations:
    name = f"{room}.personal_data"
    if find_spec(name) is None:
        return {}
    found: Declarations = import_module(name).FIELDS
    return found


def _models() -> dict[tuple[str, str], set[str]]:
    """(room, model) → its fields, for the models that are ours."""
    return {
        (model.__module__.rsplit(".models", 1)[0], model.__name__): {
            field.name for field in model._meta.get_fields() if field.concrete
        }
        for model in apps.get_models()
        if model.__module__.startswith("kith.")
    }


def test_every_model_field_says_whether_it_is_personal() -> None:
    undeclared = [
        f"{room}.personal_data: {model}.{field}"
        for (room, model), fields in _models().items()
        for field in sorted(fields - set(_declared(room).get(model, {})))
    ]
    assert not undeclared, "declare as Personal or NotPersonal: " + ", ".join(undeclared)


def test_nothing_is_declared_that_is_not_there() -> None:
    models = _models()
    rooms = {room for room, _ in models}
    stale = [
        f"{room}: {model}.{field}"
        for room in rooms
        for model, fields in _declared(room).items()
        for field in fields
        if field not in models.get((room, model), set())
    ]
    assert not stale


def test_declarations_use_the_two_words() -> None:
    kinds = {
        type(kind) for room, _ in _models() for fields in _declared(room).values() for kind in fields.values()
    }
    assert kinds == {Personal, NotPersonal}
