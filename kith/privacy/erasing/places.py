"""Where personal data lies, read from what every room declares: table, how its rows hang on a person, what
becomes of each column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kith.contacts.models import Contact
from kith.kernel.erasing import Erasures, Fate, OnErasure

RECORDS = "%(records)s"
CONTACTS = "%(contacts)s"
GOLDEN = "%(golden)s"
"""With retired GroupIDs that ever held one of the System Refs: their columns may still hold what it said."""


@dataclass(frozen=True, slots=True)
class Place:
    model: type[models.Model]
    rule: OnErasure
    where: str
    """SQL that finds the rows of a person; '' where none hang on a person this way."""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def pk(self) -> str:
        return column_of(self.model, "pk")

    @property
    def belongs_to(self) -> str:
        """For people."""
        hangs = self.rule.hangs_on
        if hangs.through is not None:
            parent = apps.get_model(hangs.through[1])
            return f"what they stand under, {_declared()[_room(parent)][parent.__name__].label}"
        if hangs.nobody:
            is_cleared = any(one.fate is not Fate.STAYS for one in self.rule.fields.values())
            return "whoever is found in it" if is_cleared else "nobody"
        found = ["a System Ref"] * bool(hangs.records) + ["a GroupID"] * bool(hangs.contacts)
        return " and ".join(found) or "whomever it is about"

    def said(self) -> tuple[str, ...]:
        """What becomes of its columns, for people: a sentence for each fate, with why where they stay."""
        grouped: dict[str, list[str]] = {}
        for name, treatment in self.rule.fields.items():
            because = f" ({treatment.because})" if treatment.because else ""
            column = column_of(self.model, name)
            grouped.setdefault(f"{treatment.fate}{because}", []).append(f"`{column}`")
        return tuple(f"{fate}: {', '.join(columns)}" for fate, columns in grouped.items())


@cache
def places() -> tuple[Place, ...]:
    """Of every model of ours, in the order in which rooms declare them."""
    return tuple(_places())


def _places() -> Iterator[Place]:
    for room, declared in _declared().items():
        by_name = {one.__name__: one for one in _models_of(room)}
        for name, rule in declared.items():
            yield Place(by_name[name], rule, where_of(by_name[name], rule))


@cache
def _declared() -> dict[str, Erasures]:
    rooms = dict.fromkeys(_room(model) for model in apps.get_models() if model.__module__.startswith("kith."))
    return {room: import_module(f"{room}.personal_data").ON_ERASURE for room in rooms}


def _room(model: type[models.Model]) -> str:
    return model.__module__.rsplit(".models", 1)[0]


def _models_of(room: str) -> list[type[models.Model]]:
    return [model for model in apps.get_models() if _room(model) == room]


def where_of(model: type[models.Model], rule: OnErasure) -> str:
    hangs = rule.hangs_on
    contacts = GOLDEN if model is Contact or _is_detail(model) else CONTACTS
    found = [_is_one_of(model, name, RECORDS) for name in hangs.records]
    found += [_is_one_of(model, name, contacts) for name in hangs.contacts]
    if hangs.through is not None:
        key, label = hangs.through
        parent = apps.get_model(label)
        rule_of_parent = _declared()[_room(parent)][parent.__name__]
        above = where_of(parent, rule_of_parent)
        found.append(
            f"{column_of(model, key)} IN"
            f" (SELECT {column_of(parent, 'pk')} FROM {parent._meta.db_table} WHERE {above})"
        )
    return " OR ".join(found)


def _is_detail(model: type[models.Model]) -> bool:
    return (
        any(
            isinstance(one, models.ForeignKey) and one.name == "contact" and one.related_model is Contact
            for one in model._meta.concrete_fields
        )
        and model.__module__ == Contact.__module__
    )


def _is_one_of(model: type[models.Model], name: str, wanted: str) -> str:
    field: Any = model._meta.get_field(name)
    if isinstance(field, ArrayField):
        return f"{field.column} && {wanted}::bigint[]"
    return f"{field.column} = ANY({wanted}::bigint[])"


def column_of(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose a row `t` is: SQL of bigint[], empty where it is nobody's or its room alone knows."""

    records: str
    contacts: str


def owners_of(place: Place) -> Owners:
    return _owners(place.model, place.rule, "t")


def _owners(model: type[models.Model], rule: OnErasure, alias: str) -> Owners:
    hangs = rule.hangs_on
    if hangs.through is None:
        return Owners(_numbers(model, hangs.records, alias), _numbers(model, hangs.contacts, alias))
    key, label = hangs.through
    parent, above = apps.get_model(label), f"{alias}p"
    found = _owners(parent, _declared()[_room(parent)][parent.__name__], above)
    of_parent = (
        f"FROM {parent._meta.db_table} {above}"
        f" WHERE {above}.{column_of(parent, 'pk')} = {alias}.{column_of(model, key)}"
    )
    return Owners(f"(SELECT {found.records} {of_parent})", f"(SELECT {found.contacts} {of_parent})")


def _numbers(model: type[models.Model], names: tuple[str, ...], alias: str) -> str:
    parts = [
        f"{alias}.{column_of(model, name)}::bigint[]"
        if isinstance(model._meta.get_field(name), ArrayField)
        else f"array_remove(ARRAY[{alias}.{column_of(model, name)}]::bigint[], NULL)"
        for name in names
    ]
    return " || ".join(parts) or "'{}'::bigint[]"
