"""Training: what Splink learns from pairs that our engine compared is the truth, and is told plainly."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pytest

from bench.people import Population, generate
from kith.matching.evaluate import evaluate
from kith.matching.evidence import Recipe, resolve
from kith.matching.model import Compared, Comparison, Level, Model
from kith.matching.model import Test as Kind
from kith.matching.records import PERSON
from kith.matching.shipped import shipped_model
from kith.matching.splink_em import SplinkMissing, estimate_m
from kith.matching.training import TooLittleToTrain, Training, TrainingOptions, train
from kith.matching.training_report import Doubt

pytestmark = pytest.mark.slow

SIZE = 12_000
OPTIONS = TrainingOptions(random_pairs=300_000)
JOINT = (Kind.TRANSPOSED, Kind.RENAMED, Kind.OWN)


def _crude(model: Model) -> Model:
    """What somebody would write down who never counted."""
    return replace(model, comparisons=tuple(_crude_comparison(one) for one in model.comparisons))


def _crude_comparison(comparison: Comparison) -> Comparison:
    names = (Compared.FIRST_NAME, Compared.LAST_NAME, Compared.MIDDLE_NAME, Compared.BIRTH_DATE)
    u = 0.01 if comparison.field in names else 1e-5
    rest = 0.1 / (len(comparison.levels) - 1)

    def crude(level: Level) -> Level:
        if level.test in JOINT:
            return level
        if level.test is Kind.ELSE:
            return replace(level, m=rest, u=0.95)
        return replace(level, m=0.9 if level.test is Kind.EXACT else rest, u=u)

    return replace(comparison, levels=tuple(crude(level) for level in comparison.levels))


@pytest.fixture(scope="module")
def population() -> Population:
    return generate(size=SIZE, seed=23)


@pytest.fixture(scope="module")
def trained(population: Population) -> Training:
    return train(population.records, base=_crude(shipped_model(PERSON)), options=OPTIONS)


def _level(model: Model, compared: Compared, test: Kind) -> Level:
    comparison = model.comparison(compared)
    assert comparison is not None
    return next(level for level in comparison.levels if level.test is test)


def test_true_pairs_per_record_are_found_without_knowing_the_truth(
    population: Population, trained: Training
) -> None:
    persons = population.records.filter(pc.equal(population.records.column("kind"), PERSON))
    known = pc.is_in(population.truth.column("record_id"), persons.column("record_id"))
    truth = population.truth.filter(known).column("person").to_numpy()
    sizes = np.unique(truth, return_counts=True)[1]
    true = (sizes * (sizes - 1) / 2).sum() / len(truth)
    assert trained.model.pairs_per_record == pytest.approx(true, rel=0.2)


@pytest.mark.parametrize(
    ("compared", "test", "m", "u"),
    [
        (Compared.FIRST_NAME, Kind.EXACT, (0.65, 0.80), (0.002, 0.006)),
        (Compared.FIRST_NAME, Kind.ELSE, (0.02, 0.06), (0.97, 1.0)),
        (Compared.LAST_NAME, Kind.EXACT, (0.82, 0.93), (0.0004, 0.0015)),
        (Compared.GENDER, Kind.EXACT, (0.97, 1.0), (0.48, 0.52)),
        (Compared.BIRTH_DATE, Kind.EXACT, (0.86, 0.96), (0.0003, 0.003)),
        (Compared.PHONE, Kind.EXACT, (0.88, 0.97), (1e-6, 1e-3)),
    ],
)
def test_what_the_made_up_world_is_like_is_learnt(
    trained: Training, compared: Compared, test: Kind, m: tuple[float, float], u: tuple[float, float]
) -> None:
    level = _level(trained.model, compared, test)
    assert m[0] <= level.m <= m[1]
    assert u[0] <= level.u_among(SIZE) <= u[1]


def test_households_are_not_learnt_a_first_name_that_differs_still_speaks_against(trained: Training) -> None:
    assert _level(trained.model, Compared.FIRST_NAME, Kind.ELSE).weight(SIZE) < -3


def test_thresholds_frequencies_and_levels_are_those_of_the_base(trained: Training) -> None:
    base, model = shipped_model(PERSON), trained.model
    assert (model.group_at, model.review_at) == (base.group_at, base.review_at)
    for before, after in zip(base.comparisons, model.comparisons, strict=True):
        assert before.field is after.field
        for one, other in zip(before.levels, after.levels, strict=True):
            assert replace(one, m=other.m, u=other.u) == other


def test_levels_of_two_fields_keep_their_numbers_and_the_report_says_so(trained: Training) -> None:
    joint = [level for level in trained.report.levels if level.before.test in JOINT]
    assert joint
    assert all(level.before == level.after and level.doubt is Doubt.JOINT for level in joint)


def test_a_model_somebody_guessed_groups_better_once_trained(
    population: Population, trained: Training
) -> None:
    crude = replace(Recipe.shipped(), person=_crude(shipped_model(PERSON)))
    before, after = (_bcubed(population, recipe) for recipe in (crude, replace(crude, person=trained.model)))
    assert after >= before - 0.001


def _bcubed(population: Population, recipe: Recipe) -> float:
    clustering, _ = resolve(population.records, recipe=recipe)
    return evaluate(population.truth, clustering.table).bcubed_f1


def test_training_again_gives_the_same_model(population: Population, trained: Training) -> None:
    again = train(population.records, base=_crude(shipped_model(PERSON)), options=OPTIONS)
    assert again.model.version == trained.model.version


def test_the_report_names_every_level_and_what_changed_most(trained: Training) -> None:
    lines = list(trained.report.lines())
    levels = sum(len(one.levels) for one in trained.model.comparisons)
    assert len(trained.report.levels) == levels
    assert sum("looks at two fields" in line for line in lines) == len(
        [level for level in trained.report.levels if level.doubt is Doubt.JOINT]
    )
    assert any(line.startswith("Changed most: ") for line in lines)
    assert trained.report.to_json()["records"] == trained.report.records


def test_a_sample_of_pairs_says_much_the_same(population: Population, trained: Training) -> None:
    options = replace(OPTIONS, pairs=8000)
    sampled = train(population.records, base=_crude(shipped_model(PERSON)), options=options)
    assert sampled.report.near_pairs == 8000
    for compared in (Compared.EMAIL, Compared.LAST_NAME):
        one, other = (
            _level(model, compared, Kind.EXACT).weight(SIZE) for model in (sampled.model, trained.model)
        )
        assert one == pytest.approx(other, abs=1.0)


def test_a_handful_of_records_cannot_be_learnt_from(population: Population) -> None:
    with pytest.raises(TooLittleToTrain, match="1,000 records"):
        train(population.records.slice(0, 500), base=shipped_model(PERSON))


def test_without_splink_a_sentence_says_how_to_get_it(
    population: Population, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(SplinkMissing, match=r"kith-hub\[train\]"):
        train(population.records, base=shipped_model(PERSON))


def test_splink_finds_the_m_that_made_the_levels() -> None:
    rng = np.random.default_rng(3)
    one = rng.random(60_000) < 0.4
    truth = {
        Compared.FIRST_NAME: ((0.8, 0.15, 0.05), (0.02, 0.03, 0.95)),
        Compared.BIRTH_DATE: ((0.9, 0.1), (0.01, 0.99)),
        Compared.PHONE: ((0.7, 0.3), (0.05, 0.95)),
    }
    levels, comparisons = {}, []
    for compared, (m, u) in truth.items():
        drawn = np.where(one, rng.choice(len(m), 60_000, p=m), rng.choice(len(u), 60_000, p=u))
        levels[compared] = np.where(rng.random(60_000) < 0.2, -1, drawn).astype(np.int8)
        tests = (Kind.EXACT, Kind.INITIAL, Kind.ELSE) if len(m) == 3 else (Kind.EXACT, Kind.ELSE)
        comparisons.append(
            Comparison(compared, tuple(Level(test, 0.5, known) for test, known in zip(tests, u, strict=True)))
        )
    found = estimate_m(comparisons, levels, share=0.3)
    for compared, (m, _) in truth.items():
        assert found[compared] == pytest.approx(m, abs=0.03)
