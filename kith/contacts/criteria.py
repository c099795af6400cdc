"""The search criteria of K4 and C25, each with the lexemes it looks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kith.contacts.rights.rules import IDENTITY
from kith.contacts.search import NAMES, Shape, Term, date_term, name_terms, phone_term, plain_term
from kith.matching.cleaning import DateOrder, parse_date


class Criterion(StrEnum):
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY_NAME = "company_name"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    TOWN = "town"
    BIRTH_DATE = "birth_date"
    IDENTITY_NUMBER = "identity_number"
    GROUP_ID = "group_id"
    SYSTEM_REF = "system_ref"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def fields(self) -> tuple[str, ...]:
        """Golden fields it finds by, besides names."""
        return _FIELDS.get(self, ())

    def terms(self, value: str) -> tuple[Term, ...]:
        """Empty when the value cannot be one of these. GroupID and town are no lexemes: see `queries`."""
        if self in _NAME_SHAPES:
            return name_terms(value, shapes=_NAME_SHAPES[self])
        if self is Criterion.PHONE:
            return _if_any(phone_term(value))
        if self is Criterion.BIRTH_DATE:
            return _birth_date(value)
        if self is Criterion.EMAIL and value.strip().startswith("@"):
            return _if_any(plain_term(value.strip()[1:], shape=Shape.DOMAIN))
        return _if_any(plain_term(value, shape=_PLAIN_SHAPES[self]))


LABELS: Final = {
    Criterion.NAME: "Name",
    Criterion.FIRST_NAME: "Forename",
    Criterion.LAST_NAME: "Surname",
    Criterion.COMPANY_NAME: "Company name",
    Criterion.EMAIL: "E-mail",
    Criterion.PHONE: "Phone",
    Criterion.POSTCODE: "Postcode",
    Criterion.TOWN: "Town",
    Criterion.BIRTH_DATE: "Date of birth",
    Criterion.IDENTITY_NUMBER: "ID, passport, social security, VAT or registration number",
    Criterion.GROUP_ID: "GroupID",
    Criterion.SYSTEM_REF: "System Ref",
}
_FIELDS: Final[Mapping[Criterion, tuple[str, ...]]] = {
    Criterion.EMAIL: ("emails",),
    Criterion.PHONE: ("phones",),
    Criterion.POSTCODE: ("addresses",),
    Criterion.TOWN: ("addresses",),
    Criterion.BIRTH_DATE: ("birth_date",),
    Criterion.IDENTITY_NUMBER: IDENTITY,
}
_NAME_SHAPES: Final = {
    Criterion.NAME: NAMES,
    Criterion.FIRST_NAME: (Shape.FIRST_NAME,),
    Criterion.LAST_NAME: (Shape.LAST_NAME,),
    Criterion.COMPANY_NAME: (Shape.COMPANY,),
}
_PLAIN_SHAPES: Final = {
    Criterion.EMAIL: Shape.EMAIL,
    Criterion.POSTCODE: Shape.POSTCODE,
    Criterion.IDENTITY_NUMBER: Shape.IDENTITY,
    Criterion.SYSTEM_REF: Shape.SYSTEM_REF,
}


def _birth_date(value: str) -> tuple[Term, ...]:
    text = value.strip()
    if re.fullmatch(r"(18|19|20)\d\d", text):
        return (plain_term(text, shape=Shape.BIRTH_DATE),)
    day = parse_date(text, order=DateOrder.DMY)
    return (date_term(day),) if day else ()


def _if_any(term: Term) -> tuple[Term, ...]:
    return (term,) if term.beginnings else ()
