from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from kith.kernel.erasing import Fate
from kith.kernel.personal_data import Declarations, NotPersonal, Personal
from kith.privacy.erasing.places import Place, places


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


def _places() -> tuple[Place, ...]:
    return places()


def test_every_model_says_what_anonymising_makes_of_it() -> None:
    """A model nobody declared raises a KeyError of its name."""
    declared = {(_room(place), place.model.__name__) for place in _places()}
    assert declared == set(_models())


def test_every_personal_field_is_treated() -> None:
    untreated = [
        f"{_room(place)}.{place.model.__name__}.{name}"
        for place in _places()
        for name, kind in _declared(_room(place))[place.model.__name__].items()
        if isinstance(kind, Personal) and kind is not Personal.COLLEAGUE and name not in place.rule.fields
    ]
    assert [one for one in untreated if not one.startswith("kith.access")] == []


def test_where_one_field_goes_with_its_row_all_do_and_none_is_made_up() -> None:
    for place in _places():
        rule, known = place.rule, _declared(_room(place))[place.model.__name__]
        assert set(rule.fields) <= set(known), place
        assert not rule.row_goes or all(one.fate is Fate.ROW for one in rule.fields.values()), place


def test_whatever_names_a_contact_or_a_system_ref_hangs_on_it() -> None:
    loose = {
        f"{place.table}.{field.column}"
        for place in _places()
        for field in place.model._meta.concrete_fields
        if LEADS_TO_A_PERSON.search(field.column) and not _is_named(place, field.name, field.column)
    }
    assert loose == set(LEADS_NOWHERE_ELSE), "name it in HangsOn, or say here why its row is found otherwise"


LEADS_TO_A_PERSON = re.compile(
    r"(^|_)(record_ids?|contact_ids?|(?<!org_)group_ids?)$|^(left|right|successor)_id$"
)
LEADS_NOWHERE_ELSE = {
    "privacy_erasure.record_ids": "of the contact that its row names",
    "contacts_contact.primary_record_id": "of the contact's own System Refs",
    "contacts_contact.leading_record_ids": "of the contact's own System Refs",
    "contacts_contact.successor_id": "rows that lead to it are found by it: kith.privacy.erasing.rows",
    "contacts_contactemail.source_record_id": "of the same contact's",
    "contacts_contactphone.source_record_id": "of the same contact's",
    "contacts_contactaddress.source_record_id": "of the same contact's",
}


def _is_named(place: Place, name: str, column: str) -> bool:
    hangs = place.rule.hangs_on
    return bool({name, column} & {*hangs.records, *hangs.contacts, *(hangs.through or ())})


def _room(place: Place) -> str:
    return place.model.__module__.rsplit(".models", 1)[0]
