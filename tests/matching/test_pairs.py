"""Pairs that the shipped rules must or must not join. Domain experts: add a row.

Every pair goes through the set-based engine and through the explanation, which must agree.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kith.matching.comparable import Comparable
from kith.matching.evidence import find_evidence
from kith.matching.explain import explain_pair
from kith.matching.rules import RuleSet
from tests.matching.frames import company, frame, person

HOME = ("12 high street", "n16xy")
MAIL = "ann@home.example"
PHONE = "+302101234567"

SAME = [
    ("e-mail and last name", person(name="ann smith", email=MAIL), person(name="a smith", email=MAIL)),
    (
        "e-mail and last name, no first names",
        person(name=" smith", email=MAIL),
        person(name=" smith", email=MAIL),
    ),
    (
        "last name misspelt",
        person(name="ann papadopoulos", email=MAIL),
        person(name="ann papadopulos", email=MAIL),
    ),
    (
        "first letter of last name misspelt",
        person(name="x kristodoulou", email=MAIL),
        person(name="x kristodoylou", email=MAIL),
    ),
    (
        "one of three e-mails",
        person(name="ann smith", emails=("a@x.example", MAIL)),
        person(name="ann smith", emails=("b@x.example", "c@x.example", MAIL)),
    ),
    ("name and address", person(name="ann smith", address=HOME), person(name="ann smith", address=HOME)),
    (
        "street misspelt",
        person(name="ann smith", address=HOME),
        person(name="ann smith", address=("12 hihg street", "n16xy")),
    ),
    ("nickname at home", person(name="robert smith", address=HOME), person(name="bob smith", address=HOME)),
    (
        "greek nickname",
        person(name="konstantinos pappas", phone=PHONE),
        person(name="kostas pappas", phone=PHONE),
    ),
    (
        "dimitris and dimitrios",
        person(name="dimitris pappas", phone=PHONE),
        person(name="dimitrios pappas", phone=PHONE),
    ),
    ("katerina", person(name="aikaterini pappa", phone=PHONE), person(name="katerina pappa", phone=PHONE)),
    ("german nickname", person(name="johannes krause", phone=PHONE), person(name="hans krause", phone=PHONE)),
    ("spanish nickname", person(name="jose garcia", phone=PHONE), person(name="pepe garcia", phone=PHONE)),
    (
        "russian nickname",
        person(name="aleksandr ivanov", phone=PHONE),
        person(name="sasha ivanov", phone=PHONE),
    ),
    ("polish nickname", person(name="katarzyna nowak", phone=PHONE), person(name="kasia nowak", phone=PHONE)),
    (
        "one of two phones",
        person(name="ann smith", phones=(PHONE, "+44201")),
        person(name="ann smith", phones=("+44202", PHONE)),
    ),
    (
        "second address",
        person(name="ann smith", street_keys=("1 old road", HOME[0]), postcode_keys=("zz1", HOME[1])),
        person(name="ann smith", address=HOME),
    ),
    (
        "same passport, different name",
        person(name="ann smith", passport_number="X1"),
        person(name="ann jones", passport_number="X1"),
    ),
    ("same social security number", person(social_security_number="77"), person(social_security_number="77")),
    ("same id number", person(name="m l", id_number="AB1"), person(name="m k", id_number="AB1")),
    (
        "married name, same e-mail, same passport",
        person(name="ann smith", email=MAIL, passport_number="1"),
        person(name="ann braun", email=MAIL, passport_number="1"),
    ),
    (
        "father and son with one e-mail: the shipped rule cannot tell",
        person(name="john smith", email=MAIL),
        person(name="john smith", email=MAIL, birth_date=date(2001, 1, 1)),
    ),
    ("company by VAT", company(name="acme", vat_number="EL1"), company(name="acme hellas", vat_number="EL1")),
    ("company by registration", company(registration_number="HRB7"), company(registration_number="HRB7")),
    (
        "company name and postcode",
        company(name="acme trading", address=HOME),
        company(name="acme tradin", address=("9 other", "n16xy")),
    ),
    (
        "company name and e-mail",
        company(name="acme trading", email="info@acme.example"),
        company(name="acme tradng", email="info@acme.example"),
    ),
    (
        "company name and phone",
        company(name="acme trading", phone=PHONE),
        company(name="acme trading", phone=PHONE),
    ),
]

DIFFERENT = [
    (
        "a family sharing an e-mail, two last names",
        person(name="ann smith", email=MAIL),
        person(name="tom jones", email=MAIL),
    ),
    ("e-mail alone, one without a name", person(email=MAIL), person(name="ann smith", email=MAIL)),
    ("e-mail alone, both without a name", person(email=MAIL), person(email=MAIL)),
    (
        "husband and wife at home",
        person(name="ann smith", address=HOME),
        person(name="peter smith", address=HOME),
    ),
    (
        "twins with one phone",
        person(name="paul smith", phone=PHONE, birth_date=date(1990, 5, 5)),
        person(name="emma smith", phone=PHONE, birth_date=date(1990, 5, 5)),
    ),
    (
        "robert and william, through billy",
        person(name="robert smith", address=HOME),
        person(name="william smith", address=HOME),
    ),
    (
        "father and son, two addresses",
        person(name="john smith", address=HOME),
        person(name="john smith", address=("3 low lane", "e17aa")),
    ),
    ("same name, nothing else", person(name="ann smith"), person(name="ann smith")),
    (
        "same name and birth date only",
        person(name="ann smith", birth_date=date(1980, 1, 1)),
        person(name="ann smith", birth_date=date(1980, 1, 1)),
    ),
    (
        "same name and postcode, streets empty",
        person(name="ann smith", address=("", "n16xy")),
        person(name="ann smith", address=("", "n16xy")),
    ),
    (
        "same name and street, postcodes empty",
        person(name="ann smith", address=("12 high street", "")),
        person(name="ann smith", address=("12 high street", "")),
    ),
    (
        "street of one address, postcode of another",
        person(name="ann smith", street_keys=(HOME[0], "9 far road"), postcode_keys=("aa1", HOME[1])),
        person(name="ann smith", address=HOME),
    ),
    ("everything empty", person(), person()),
    (
        "empty strings in lists",
        person(name="ann smith", emails=("",), phones=("",)),
        person(name="ann smith", emails=("",), phones=("",)),
    ),
    ("phone without names", person(phone=PHONE), person(phone=PHONE)),
    ("phone and last name only", person(name=" smith", phone=PHONE), person(name=" smith", phone=PHONE)),
    (
        "passport equals the other's id number",
        person(name="a b", passport_number="X1"),
        person(name="a b", id_number="X1"),
    ),
    (
        "person and company, one e-mail and VAT",
        person(name="ann smith", email=MAIL, vat_number="1"),
        company(name="smith", email=MAIL, vat_number="1"),
    ),
    (
        "two companies at one postcode",
        company(name="acme", address=HOME),
        company(name="zenith", address=HOME),
    ),
    ("companies without names, one e-mail", company(email=MAIL), company(email=MAIL)),
    (
        "phones differ by one digit",
        person(name="ann smith", phone="+302101234567"),
        person(name="ann smith", phone="+302101234568"),
    ),
]


def _pairs(left: Comparable, right: Comparable, rules: RuleSet) -> int:
    return find_evidence(frame([left, replace(right, record_id=2)]), rules=rules).pairs.num_rows


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_the_shipped_rules_join(left: Comparable, right: Comparable) -> None:
    rules = RuleSet.shipped()
    assert _pairs(left, right, rules) == 1
    assert explain_pair(left, right, rules=rules).matches


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in DIFFERENT], ids=[row[0] for row in DIFFERENT])
def test_the_shipped_rules_keep_apart(left: Comparable, right: Comparable) -> None:
    rules = RuleSet.shipped()
    assert _pairs(left, right, rules) == 0
    assert not explain_pair(left, right, rules=rules).matches
