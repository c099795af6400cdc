"""`kith resolve` as a script sees it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kith.config.resolving import resolve
from kith.matching.engines.recipe_file import UnreadableRecipe, recipe_as_json, recipe_from_json
from kith.matching.evidence import Recipe
from kith.matching.evidence import resolve as in_memory

pytestmark = pytest.mark.slow


@pytest.fixture
def files(population: pa.Table, tmp_path: Path) -> Path:
    (tmp_path / "records").mkdir()
    pq.write_table(population.slice(0, 1200), tmp_path / "records" / "one.parquet")
    pq.write_table(population.slice(1200), tmp_path / "records" / "two.parquet")
    return tmp_path


def _asked(folder: Path, *more: str) -> list[str]:
    return ["--input", str(folder / "records"), "--output", str(folder / "out"), *more]


def test_records_in_files_become_clusters_in_files(files: Path, population: pa.Table) -> None:
    recipe = files / "recipe.json"
    recipe.write_text(recipe_as_json(Recipe.shipped()), encoding="utf-8")
    assert resolve(_asked(files, "--recipe", str(recipe), "--figures", str(files / "figures"))) == 0
    written = pq.read_table(files / "out" / "clusters")
    clustering, evidence = in_memory(population)
    assert written.to_pylist() == clustering.table.to_pylist()
    assert pq.read_table(files / "out" / "evidence").num_rows == evidence.pairs.num_rows
    assert (files / "figures").exists()


def test_nothing_is_overwritten(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "out" / "evidence").mkdir(parents=True)
    assert resolve(_asked(files)) == 2
    assert "holds evidence already" in capsys.readouterr().err


def test_nothing_to_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert resolve(_asked(tmp_path)) == 2
    assert capsys.readouterr().err == f"There is nothing to read at {tmp_path / 'records'}.\n"


def test_a_cluster_that_does_not_answer_is_one_sentence(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert resolve(_asked(files, "--spark", "spark://127.0.0.1:1", "--timeout", "3")) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "spark://127.0.0.1:1" in said or "kith-hub[spark]" in said


@pytest.mark.spark
def test_a_cluster_writes_the_same_files(files: Path, population: pa.Table) -> None:
    pytest.importorskip("pyspark")
    assert resolve(_asked(files, "--spark", "local[2]", "--partitions", "2", "--memory", "1g")) == 0
    written = pq.read_table(files / "out" / "clusters").sort_by("record_id")
    assert written.to_pylist() == in_memory(population)[0].table.to_pylist()


def test_a_recipe_reads_back_as_it_was_written() -> None:
    recipe = Recipe.shipped()
    assert recipe_from_json(recipe_as_json(recipe)) == recipe


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "has rules, a model for each kind, and guards"),
        ('{"models": {"person": 1}}', "The recipe cannot be used: A model is an object"),
    ],
)
def test_what_is_no_recipe_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableRecipe, match=sentence):
        recipe_from_json(text)
