"""The model's weights on pairs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.comparable import Comparable
from kith.matching.evidence import facts_of
from kith.matching.figures import Figures, count
from kith.matching.levels import UNKNOWN, holds, levels_of
from kith.matching.model import Compared, Model
from kith.matching.model import Test as Level
from kith.matching.pairs import Pairs
from kith.matching.prepared import prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.scoring import Scored, Scorer
from kith.matching.shipped import shipped_model
from tests.matching.drawn import drawn_records
from tests.matching.frames import all_pairs, company, frame, pair_of, person

MODEL = shipped_model(PERSON)
PLACE = {comparison.field: n for n, comparison in enumerate(MODEL.comparisons)}


def _scored(left: Comparable, right: Comparable, *, figures: Figures | None = None) -> Scored:
    figures = figures or Figures.none()
    facts = facts_of(frame([left, replace(right, record_id=2)]), figures)
    model = shipped_model(left.kind)
    return Scorer(model, facts, figures).score(Pairs(facts, np.array([0]), np.array([1])))


def _bits(field: Compared, left: Comparable, right: Comparable, *, figures: Figures | None = None) -> float:
    return float(_scored(left, right, figures=figures).bits[PLACE[field]][0])


@settings(max_examples=60, deadline=None)
@given(drawn_records(), drawn_records())
def test_the_prior_and_the_bits_of_all_fields_add_up_to_the_weight(
    left: Comparable, right: Comparable
) -> None:
    right = replace(right, kind=left.kind)
    scored, model = _scored(left, right), shipped_model(left.kind)
    total = model.prior(1000) + sum(float(bits[0]) for bits in scored.bits)
    assert scored.weight[0] == pytest.approx(total, abs=0.001)


@settings(max_examples=60, deadline=None)
@given(drawn_records(), drawn_records())
def test_a_pair_weighs_the_same_from_both_ends(left: Comparable, right: Comparable) -> None:
    right = replace(right, kind=left.kind)
    assert _scored(left, right).weight[0] == _scored(right, left).weight[0]


@pytest.mark.parametrize("kind", [PERSON, COMPANY])
def test_what_is_missing_says_nothing(kind: str) -> None:
    known = Comparable(record_id=1, kind=kind, first_key="ann", last_key="smith", company_key="acme")
    known = replace(known, emails=("a@x.example",), birth_date=date(1980, 1, 1), postcode_keys=("n1",))
    scored = _scored(known, Comparable(record_id=2, kind=kind))
    assert {int(levels[0]) for levels in scored.levels} == {UNKNOWN}
    assert {float(bits[0]) for bits in scored.bits} == {0.0}
    assert scored.weight[0] == pytest.approx(shipped_model(kind).prior(1000), abs=0.001)


@settings(max_examples=40, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=6), st.sampled_from([PERSON, COMPANY]))
def test_the_first_level_that_holds_counts(drawn: list[Comparable], kind: str) -> None:
    pairs = all_pairs([replace(record, record_id=n, kind=kind) for n, record in enumerate(drawn)])
    for comparison in shipped_model(kind).comparisons:
        levels = levels_of(comparison, pairs)
        everyone = np.ones(len(pairs), dtype=np.bool_)
        held = [
            everyone if level.test is Level.ELSE else holds(comparison.field, level, pairs, among=everyone)
            for level in comparison.levels
        ]
        for place, level in enumerate(levels.tolist()):
            first = next(number for number, mask in enumerate(held) if mask[place])
            assert level in (UNKNOWN, first), comparison.field


def _crowd(common: int, rare: int) -> Figures:
    crowd = [person(n, "maria smith") for n in range(common)]
    crowd += [person(common + n, "zenobia quartz") for n in range(rare)]
    return count(prepare(frame(crowd)), frequent_records=12, frequent_names=8)


@pytest.mark.parametrize("field", [Compared.FIRST_NAME, Compared.LAST_NAME])
def test_agreeing_on_a_rare_name_says_more(field: Compared) -> None:
    figures = _crowd(2000, 5)
    common, rare, unheard = (
        _bits(field, *[person(1, name)] * 2, figures=figures)
        for name in ("maria smith", "zenobia quartz", "ann jones")
    )
    assert common < rare < unheard


def test_two_names_that_stand_for_each_other_say_less_than_the_same_name() -> None:
    same = _bits(Compared.FIRST_NAME, person(name="robert x"), person(name="robert y"))
    nickname = _bits(Compared.FIRST_NAME, person(name="robert x"), person(name="bob y"))
    other = _bits(Compared.FIRST_NAME, person(name="robert x"), person(name="maria y"))
    assert same > nickname > 0 > other


@pytest.mark.parametrize(
    ("left", "right", "test"),
    [
        (date(1980, 3, 4), date(1980, 3, 4), Level.EXACT),
        (date(1980, 3, 4), date(1980, 4, 3), Level.SWAPPED),
        (date(1980, 3, 4), date(1980, 3, 5), Level.DIGIT),
        (date(1980, 3, 4), date(1990, 3, 4), Level.DIGIT),
        (date(1980, 3, 4), date(1980, 11, 25), Level.SAME_YEAR),
        (date(1980, 3, 4), date(1991, 12, 25), Level.ELSE),
    ],
)
def test_birth_dates_fall_into_their_level(left: date, right: date, test: Level) -> None:
    scored = _scored(person(birth_date=left), person(birth_date=right))
    comparison = MODEL.comparisons[PLACE[Compared.BIRTH_DATE]]
    assert comparison.levels[int(scored.levels[PLACE[Compared.BIRTH_DATE]][0])].test is test


def test_the_prior_falls_as_the_store_grows_so_that_a_threshold_means_the_same() -> None:
    small, large = MODEL.prior(10_000), MODEL.prior(10_000_000)
    assert small - large == pytest.approx(math.log2(1000), abs=0.01)


def test_a_company_is_weighed_by_the_model_of_companies() -> None:
    scored = _scored(company(name="acme", vat_number="EL1"), company(name="acme", vat_number="EL1"))
    assert len(scored.levels) == len(shipped_model(COMPANY).comparisons)
    assert scored.weight[0] > shipped_model(COMPANY).group_at


@pytest.mark.parametrize("kind", [PERSON, COMPANY])
def test_a_model_comes_back_from_json_as_it_was(kind: str) -> None:
    model = shipped_model(kind)
    assert Model.from_json(model.to_json()) == model
    assert Model.from_json(model.to_json()).version == model.version


def test_nothing_agrees_beyond_the_names_of_two_of_whom_only_names_are_known() -> None:
    named = person(name="ann smith")
    assert not pair_of(named, replace(named, record_id=2)).agree_beyond_names[0]
    born = replace(named, birth_date=date(1980, 3, 4))
    assert pair_of(born, replace(born, record_id=2)).agree_beyond_names[0]
