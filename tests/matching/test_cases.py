"""The steward's tables: each pair judged as its row expects."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.matching.cases import Case, Expected, all_cases, failure, judge, open_cases
from tests.matching.cases.table import UnreadableCase, written_cases

SCRIPTS_OR_COUNTRIES = 40


def test_the_tables_are_many_and_of_many_countries() -> None:
    cases = all_cases()
    assert len(cases) >= 350
    assert len({case.country for case in cases}) >= SCRIPTS_OR_COUNTRIES
    assert set(Counter(case.expected for case in cases)) == set(Expected)


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.name)
def test_a_pair_is_judged_as_a_steward_would(case: Case) -> None:
    problem = failure(case, got=judge(case.left, case.right))
    assert not problem or case.name in open_cases(), problem


def test_every_case_says_what_it_is_about() -> None:
    assert [case.name for case in all_cases() if not case.comment] == []


def test_what_is_open_is_a_case() -> None:
    assert open_cases() <= {case.name for case in all_cases()}


def test_a_failing_case_is_told_with_both_records_expected_and_got() -> None:
    case = next(case for case in all_cases() if case.expected is Expected.MUST)
    told = failure(case, got=next(iter(Expected.MUST_NOT.allowed)))
    for part in (case.name, case.comment, case.left.last_key, case.right.last_key, "must", "got"):
        assert part in told


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("case,expected,side,lastname\na,must,left,x\na,must,right,x\n", "no field lastname"),
        ("case,expected,side,last_name\na,must,left,x\n", "one row 'left' and one row 'right'"),
        ("case,expected,side,last_name\na,should,left,x\na,should,right,x\n", "'should' is none of"),
    ],
)
def test_an_unreadable_table_is_refused_by_name(tmp_path: Path, table: str, problem: str) -> None:
    path = tmp_path / "new.csv"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(UnreadableCase, match=problem) as refused:
        list(written_cases(path))
    assert "new.csv" in str(refused.value)
