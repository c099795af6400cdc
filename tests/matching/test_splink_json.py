"""Splink's model JSON written and read: our own exactly, Splink's library where we have the same."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
import splink.comparison_level_library as levels
import splink.comparison_library as library
from hypothesis import given, settings
from hypothesis import strategies as st
from splink import DuckDBAPI, Linker, SettingsCreator

from kith.matching.model import (
    FITTING,
    WITH_FREQUENCY,
    WITH_THRESHOLD,
    Compared,
    Comparison,
    Level,
    Model,
    UnreadableModel,
)
from kith.matching.model import Test as Kind
from kith.matching.pairs import Facts
from kith.matching.prepared import prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.shipped import shipped_model
from kith.matching.splink_columns import splink_columns
from kith.matching.splink_json import from_splink, to_splink
from kith.matching.splink_sql import Dialect
from tests.matching.frames import frame, person

_probability = st.floats(1e-9, 1, exclude_min=True)


@st.composite
def _models(draw: st.DrawFn) -> Model:
    fields = draw(st.lists(st.sampled_from(list(Compared)), min_size=1, unique=True))
    review_at = draw(st.floats(-20, 20))
    return Model(
        kind=draw(st.sampled_from([PERSON, COMPANY])),
        comparisons=tuple(_drawn_comparison(draw, field) for field in fields),
        pairs_per_record=draw(st.floats(0.01, 50)),
        group_at=review_at + draw(st.floats(0, 20)),
        review_at=review_at,
    )


def _drawn_comparison(draw: st.DrawFn, field: Compared) -> Comparison:
    fitting = [test for test in FITTING[field] if test is not Kind.ELSE]
    tests = [*draw(st.lists(st.sampled_from(fitting), min_size=1, unique=True)), Kind.ELSE]
    return Comparison(field, tuple(_drawn_level(draw, field, test) for test in tests))


def _drawn_level(draw: st.DrawFn, field: Compared, test: Kind) -> Level:
    threshold = draw(st.floats(0.7, 1)) if test in WITH_THRESHOLD else None
    counted = field in WITH_FREQUENCY and test is not Kind.ELSE and draw(st.booleans())
    by_size = not counted and draw(st.booleans())
    return Level(test, draw(_probability), draw(_probability), threshold, counted, by_size)


@settings(max_examples=100, deadline=None)
@given(_models(), st.integers(10, 50_000_000), st.sampled_from(Dialect))
def test_what_we_write_we_read_back_exactly(model: Model, records: int, dialect: Dialect) -> None:
    text = json.dumps(to_splink(model, records=records, dialect=dialect))
    assert from_splink(json.loads(text), kind=model.kind) == model


@pytest.mark.parametrize("kind", [PERSON, COMPANY])
def test_splink_loads_what_we_write_and_what_it_saves_is_the_same_model(kind: str) -> None:
    saved = _linker(to_splink(shipped_model(kind), records=1000)).misc.save_model_to_json()
    assert from_splink(json.loads(json.dumps(saved)), kind=kind) == shipped_model(kind)


def test_a_prior_that_splink_estimated_anew_counts() -> None:
    body = to_splink(shipped_model(PERSON), records=1001)
    body["probability_two_random_records_match"] = 0.004
    assert from_splink(body, kind=PERSON).pairs_per_record == pytest.approx(2.0)


def test_splinks_library_is_read_where_it_says_what_we_say() -> None:
    comparisons = [
        library.JaroWinklerAtThresholds("first_name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        library.ExactMatch("surname").configure(term_frequency_adjustments=True),
        library.LevenshteinAtThresholds("phone", 1),
        library.ArrayIntersectAtSizes("emails", [1]),
        library.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        library.CustomComparison(
            output_column_name="dob",
            comparison_levels=[
                levels.NullLevel("dob"),
                levels.ExactMatchLevel("dob"),
                levels.LevenshteinLevel("dob", 1),
                levels.ElseLevel(),
            ],
        ),
    ]
    for dialect in ("duckdb", "spark"):
        model = from_splink(_library_model(comparisons, dialect), kind=PERSON, records=10_001)
        said = {
            one.field: [(level.test, level.threshold) for level in one.levels] for one in model.comparisons
        }
        rest = (Kind.ELSE, None)
        assert said == {
            Compared.FIRST_NAME: [(Kind.EXACT, None), (Kind.SIMILAR, 0.92), (Kind.SIMILAR, 0.8), rest],
            Compared.LAST_NAME: [(Kind.EXACT, None), rest],
            Compared.PHONE: [(Kind.EXACT, None), (Kind.EDIT, None), rest],
            Compared.EMAIL: [(Kind.EXACT, None), rest],
            Compared.ADDRESS: [(Kind.POSTCODE, None), rest],
            Compared.BIRTH_DATE: [(Kind.EXACT, None), (Kind.DIGIT, None), rest],
        }
        assert model.pairs_per_record == pytest.approx(0.5)
        assert [one.field for one in model.comparisons if one.levels[0].by_frequency] == [
            Compared.FIRST_NAME,
            Compared.LAST_NAME,
            Compared.ADDRESS,
        ]


@pytest.mark.parametrize(
    ("comparison", "sentence"),
    [
        (
            library.JaroAtThresholds("surname"),
            r"'surname'.*'Jaro distance of .*no counterpart",
        ),
        (library.DateOfBirthComparison("dob", input_is_string=True), r"'dob'.*1 month.*no counterpart"),
        (library.ExactMatch("favourite_colour"), r"'favourite_colour'.*no counterpart"),
        (library.ArrayIntersectAtSizes("emails", [2, 1]), r"'emails'.*>= 2'.*no counterpart"),
        (library.EmailComparison("email"), r"'email'.*Jaro-Winkler.*no counterpart"),
        (
            library.ExactMatch("email").configure(term_frequency_adjustments=True),
            r"'email'.*goes by term frequencies",
        ),
        (library.ForenameSurnameComparison("first_name", "surname"), r"'first_name_surname'.*no counterpart"),
    ],
)
def test_a_level_from_elsewhere_is_refused_by_name(comparison: object, sentence: str) -> None:
    with pytest.raises(UnreadableModel, match=sentence):
        from_splink(_library_model([comparison], "duckdb"), kind=PERSON)


def test_a_level_that_was_never_trained_is_refused_by_name() -> None:
    body = to_splink(shipped_model(PERSON), records=1000)
    del body["comparisons"][0]["comparison_levels"][2]["m_probability"]  # type: ignore[index]  # JSON
    with pytest.raises(UnreadableModel, match=r"'first_name'.*'transposed'.*train the model first"):
        from_splink(body, kind=PERSON)


def test_quotes_case_and_spaces_do_not_matter() -> None:
    body = to_splink(shipped_model(PERSON), records=1000)
    for comparison in body["comparisons"]:  # type: ignore[attr-defined]  # JSON
        for level in comparison["comparison_levels"]:
            level["sql_condition"] = _restyled(level["sql_condition"])
    assert from_splink(body, kind=PERSON) == shipped_model(PERSON)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"comparisons": [1]}, {"comparisons": [{}]}, {"comparisons": []}]
)
def test_what_is_no_model_is_refused(body: object) -> None:
    with pytest.raises(UnreadableModel):
        from_splink(body, kind=PERSON)


def test_a_model_of_companies_is_refused_for_persons() -> None:
    with pytest.raises(UnreadableModel, match="'company'"):
        from_splink(to_splink(shipped_model(COMPANY), records=10), kind=PERSON)


def _library_model(comparisons: list[object], dialect: str) -> dict[str, object]:
    made = SettingsCreator(link_type="dedupe_only", comparisons=comparisons)  # type: ignore[arg-type]  # a list of them
    body = made.create_settings_dict(dialect)
    for comparison in body["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level |= {"m_probability": 0.5, "u_probability": 0.1}
    return body


def _restyled(sql: str) -> str:
    if sql == "ELSE":
        return " else "
    words = sql.replace("_l ", '_l"  ').replace('first_key_l"', '"first_key_l"').replace(">=", " >=\n ")
    return words.replace("emails_l,", "`EMAILS_l` ,").replace(" and ", " AND ").replace('_l"  ', "_l  ")


def _linker(body: dict[str, object]) -> Linker:
    table = splink_columns(Facts(prepare(frame([person(1, "anna smith"), person(2, "ann smith")]))))
    # DuckDB reads the type of an all-null column as nothing useful.
    assert isinstance(table, pa.Table)
    return Linker(DuckDBAPI().register(table), body, log_level=None)
