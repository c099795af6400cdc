"""A person of whom every personal field of every model holds a text that stands nowhere else.

Made from FIELDS and ON_ERASURE: a field that somebody adds is filled too, or the test says that it cannot be.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any, Final
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from kith.attachments.models import StoredFile
from kith.contacts.models import Contact
from kith.kernel.personal_data import Personal
from kith.privacy.erasing.places import Place, places
from kith.sources.models import SourceRecord
from tests.contacts import factories

_NUMBER = itertools.count(1)
# What a model asks of its rows that no type says: constraints, codes, other columns of the same row.
SAID: Final[Mapping[str, Mapping[str, Any]]] = {
    "Account": {
        "currency": "EUR",
        "state": "terminated",
        "terminated_at": datetime(2026, 1, 1, tzinfo=UTC),
    },
    "AccountTransaction": {"currency": "EUR"},
    "LinkedItem": {"currency": "EUR", "is_running": False},
    "SourceTransaction": {"currency": "EUR"},
    "Contact": {"state": "active"},
    "Suppression": {"reason": "deceased"},
    "LegalHold": {"lifted_at": datetime(2026, 1, 1, tzinfo=UTC)},
    "PersonRequest": {
        "sealed_key": b"key",
        "state": "withdrawn",
        "closed_at": datetime(2026, 1, 1, tzinfo=UTC),
    },
    "Request": {"state": "cancelled", "closed_at": datetime(2026, 1, 1, tzinfo=UTC)},
    "Sending": {"state": "waiting", "next_at": datetime(2026, 1, 1, tzinfo=UTC)},
}
SKIPPED: Final = frozenset({"Change", "Contact", "DataKey", "Membership", "SourceRecord"})
"""There already, or without a value of their own."""


@dataclass
class Person:
    seed: str
    contact_id: int = 0
    record_id: int = 0
    markers: dict[str, str] = field(default_factory=dict)
    """`notes_note.text` → what it holds."""
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)

    def marker(self, place: str) -> str:
        return self.markers.setdefault(place, f"{self.seed}zq{next(_NUMBER):05d}kv")


def filled(seed: str) -> Person:
    contact = factories.person()
    person = Person(seed, contact_id=contact.pk, record_id=contact.primary_record_id or 0)
    _fill(SourceRecord, person, pk=person.record_id)
    _fill(Contact, person, pk=person.contact_id)
    person.rows = {
        SourceRecord: SourceRecord.objects.get(pk=person.record_id),
        Contact: Contact.objects.get(pk=person.contact_id),
    }
    # Whatever others hang on is declared after them.
    for place in reversed(places()):
        if place.where and place.model.__name__ not in SKIPPED and place.model not in person.rows:
            person.rows[place.model] = _row(place, person)
    return person


def personal(model: type[models.Model]) -> list[Any]:
    room = model.__module__.rsplit(".models", 1)[0]
    declared = import_module(f"{room}.personal_data").FIELDS[model.__name__]
    return [
        model._meta.get_field(name)
        for name, kind in declared.items()
        if isinstance(kind, Personal) and kind is not Personal.COLLEAGUE
    ]


def _fill(model: type[models.Model], person: Person, *, pk: int) -> None:
    values = {one.name: _personal_value(one, person) for one in personal(model)}
    fitting = {
        name: value
        for name, value in values.items()
        if not isinstance(model._meta.get_field(name), SearchVectorField)
    }
    model._default_manager.filter(pk=pk).update(**fitting)
    for name in values.keys() - fitting.keys():
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET {name} = array_to_tsvector(%s) WHERE id = %s",
                [[person.marker(f"{model._meta.db_table}.{name}")], pk],
            )


def _row(place: Place, person: Person) -> models.Model:
    hangs, own = place.rule.hangs_on, {one.name for one in personal(place.model)}
    values: dict[str, Any] = {}
    for one in place.model._meta.concrete_fields:
        if hangs.through and one.name == hangs.through[0]:
            values[one.name] = person.rows[one.related_model]
        elif {one.name, one.attname} & {*hangs.records, *hangs.contacts}:
            of_record = bool({one.name, one.attname} & {*hangs.records})
            known = person.record_id if of_record else person.contact_id
            values[one.attname] = [known] if isinstance(one, ArrayField) else known
        elif one.name in own:
            values[one.name] = _personal_value(one, person)
        elif not one.primary_key or isinstance(one, models.ForeignKey):
            _needed(one, values, person)
    for pair in (hangs.records, hangs.contacts):
        if len(pair) == 2 and place.model.__name__ != "Move":
            _paired(pair, values)
    if place.model.__name__ == "Attachment":
        values["file"] = person.rows[StoredFile]
    values.update(SAID.get(place.model.__name__, {}))
    return place.model._default_manager.create(**values)


def _paired(names: tuple[str, ...], values: dict[str, Any]) -> None:
    """The other one is somebody else; the smaller number goes first."""
    other = factories.person()
    known = other.primary_record_id if "record" in names[0] or names[0] == "left_id" else other.pk
    values[names[0]], values[names[1]] = sorted((values[names[0]], known))


def _needed(one: Any, values: dict[str, Any], person: Person) -> None:
    """What the database asks for, and nothing more."""
    has_default = one.default is not NOT_PROVIDED or one.db_default is not NOT_PROVIDED
    if one.null or has_default:
        return
    if isinstance(one, models.ForeignKey):
        values[one.name] = _led_to(one.related_model, person)
    else:
        values[one.name] = _plain_value(one)


def _led_to(model: type[models.Model], person: Person) -> models.Model:
    """What a row of the person leads to: the reason of an operation, the note of a suppression."""
    if model in person.rows:
        return person.rows[model]
    for place in places():
        if place.model is model and place.where:
            person.rows[model] = _row(place, person)
            return person.rows[model]
    own = {one.name for one in personal(model)} if model.__module__.startswith("kith.") else set[str]()
    values: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        if one.name in own:
            values[one.name] = _personal_value(one, person)
        elif not one.primary_key or isinstance(one, models.ForeignKey):
            _needed(one, values, person)
    values.update(SAID.get(model.__name__, {}))
    person.rows[model] = model._default_manager.create(**values)
    return person.rows[model]


def _plain_value(one: Any) -> Any:
    if one.choices:
        return one.choices[0][0]
    match one:
        case models.DateTimeField():
            return datetime.now(tz=UTC)
        case models.DateField():
            return date(2026, 5, 4)
        case models.UUIDField():
            return uuid4()
        case models.DecimalField():
            return Decimal(next(_NUMBER))
        case models.BooleanField():
            return False
        case models.IntegerField() | models.FloatField():
            return next(_NUMBER)
        case models.BinaryField():
            return f"plain{next(_NUMBER)}".encode()
        case ArrayField():
            return []
        case models.JSONField():
            return {}
        case _:
            return f"p{next(_NUMBER)}"[: one.max_length or 20]


def _personal_value(one: Any, person: Person) -> Any:
    """A marker where the column takes one; else a plain value of its type."""
    if one.choices or isinstance(one, models.ForeignKey):
        return one.choices[0][0] if one.choices else _led_to(one.related_model, person)
    place = f"{one.model._meta.db_table}.{one.column}"
    if place == "sources_import.file_name":  # belongs to nobody: the proof finds whom it names
        return "people.csv"
    match one:
        case ArrayField(base_field=models.CharField() | models.TextField()):
            return [person.marker(place)]
        case ArrayField():
            return [next(_NUMBER)]
        case models.JSONField():
            return [{"text": person.marker(place)}] if one.default is list else {"text": person.marker(place)}
        case models.BinaryField():
            return person.marker(place).encode()
        case models.CharField() | models.TextField() if (one.max_length or 99) >= 16:
            return person.marker(place)
        case SearchVectorField():
            return None
        case _:
            return _plain_value(one)
