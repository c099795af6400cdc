"""Pairs that the shipped rules must or must not join. Domain experts: add a row.

Every pair goes through the rules as the engine reads them and through the explanation, which must agree.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching import deciding
from kith.matching.comparable import Comparable
from kith.matching.evidence import Recipe
from kith.matching.explain import explain_pair, explain_rule
from kith.matching.figures import Figures
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet, Verdict
from tests.matching import oracle
from tests.matching.drawn import drawn_records
from tests.matching.frames import all_pairs, company, pair_of, person

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


def _rule(left: Comparable, right: Comparable) -> int:
    if left.kind != right.kind:
        return deciding.NO_RULE
    pairs = pair_of(left, replace(right, record_id=2))
    return int(deciding.first_rule(RuleSet.shipped().of_kind(left.kind), pairs)[0])


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_the_shipped_rules_join(left: Comparable, right: Comparable) -> None:
    explained = explain_pair(left, right, recipe=Recipe.shipped(), figures=Figures.none())
    assert explained.deciding is not None
    assert explained.deciding.position == _rule(left, right)
    assert explained.deciding.held
    assert explained.deciding == next(
        rule for rule in explained.rules if rule.held and rule.rule.verdict is Verdict.GROUP
    )


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in DIFFERENT], ids=[row[0] for row in DIFFERENT])
def test_the_shipped_rules_keep_apart(left: Comparable, right: Comparable) -> None:
    explained = explain_pair(left, right, recipe=Recipe.shipped(), figures=Figures.none())
    assert _rule(left, right) == deciding.NO_RULE
    assert explained.deciding is None
    assert not any(rule.held and rule.rule.verdict is Verdict.GROUP for rule in explained.rules)


# --- every comparison against an oracle that says it once more, slowly

_S, _N, _L, _P, _D = (
    Comparison.SIMILAR,
    Comparison.NICKNAME,
    Comparison.FIRST_LETTERS,
    Comparison.PHONETIC,
    Comparison.DIFFERENT,
)
RULES = (
    *(replace(rule, enabled=True) for rule in RuleSet.shipped().person if rule.verdict is not Verdict.NEVER),
    *(Rule(f"same {field}", (Criterion(field),)) for field in Field),
    *(
        Rule(f"different {field}", (Criterion(field, _D),))
        for field in (Field.IDENTITY_NUMBER, Field.ID_NUMBER)
    ),
    Rule("nickname", (Criterion(Field.FIRST_NAME, _N),)),
    Rule("nickname or alike", (Criterion(Field.FIRST_NAME, _N, 0.85),)),
    Rule("near date", (Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 3),)),
    Rule("letters", (Criterion(Field.LAST_NAME, _L, 4), Criterion(Field.FIRST_NAME, _L, 1))),
    Rule("phonetic", (Criterion(Field.LAST_NAME, _P),)),
    Rule("e-mail similar", (Criterion(Field.EMAIL, _S, 0.9),)),
    Rule("full name similar", (Criterion(Field.FULL_NAME, _S, 0.9),)),
    Rule("company similar", (Criterion(Field.COMPANY_NAME, _S, 0.8), Criterion(Field.COMPANY_NAME, _L, 2))),
    Rule("two lists", (Criterion(Field.EMAIL), Criterion(Field.PHONE))),
    Rule("letters of a place", (Criterion(Field.POSTCODE, _L, 3),)),
    Rule("one address", (Criterion(Field.ADDRESS_LINE, _S, 0.9), Criterion(Field.POSTCODE))),
    Rule("street alone", (Criterion(Field.ADDRESS_LINE, _L, 6), Criterion(Field.FIRST_NAME, _P))),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=8))
def test_rules_hold_on_pairs_exactly_where_the_oracle_says(drawn: list[Comparable]) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    pairs = all_pairs(records)
    for rule in RULES:
        expected = [oracle.rule_holds(*two, rule=rule) for two in combinations(records, 2)]
        assert deciding.rule_holds(rule, pairs).tolist() == expected, rule.name


@settings(max_examples=30, deadline=None)
@given(drawn_records(), drawn_records())
def test_an_explained_rule_holds_where_the_rule_holds(left: Comparable, right: Comparable) -> None:
    right = replace(right, record_id=1)
    pairs = pair_of(left, right)
    for rule in RULES:
        held = explain_rule(left, right, rule=rule)
        assert all(one.held for one in held) == bool(deciding.rule_holds(rule, pairs)[0]), rule.name
        assert all(one.words for one in held)


@settings(max_examples=40, deadline=None)
@given(drawn_records(), drawn_records())
def test_a_pair_reads_the_same_from_both_ends(left: Comparable, right: Comparable) -> None:
    right = replace(right, record_id=1)
    once, again = pair_of(left, right), pair_of(right, left)
    for rule in RULES:
        assert deciding.rule_holds(rule, once)[0] == deciding.rule_holds(rule, again)[0], rule.name
