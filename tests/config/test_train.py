"""`kith train`: a draft beside the model in force, or a file; never a change of what decides."""

from __future__ import annotations

import json
import sys
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bench.people import generate
from kith.grouping.models import MatchingModel
from kith.grouping.recipe.versions import model_in_force
from kith.matching.model import Model
from kith.matching.records import MATCHED, PERSON
from kith.matching.shipped import shipped_model
from kith.sources.models import SourceRecord, SourceSystem

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def stored_records() -> None:
    source = SourceSystem.objects.create(code="CLUB", name="Club", priority=1)
    rows = generate(size=1500, seed=31).records.select(["record_id", *MATCHED]).to_pylist()
    SourceRecord.objects.bulk_create(
        SourceRecord(
            source=source,
            system_ref=str(row.pop("record_id")),
            claim={},
            content_hash=uuid.uuid4(),
            **{name: value if value is not None else _nothing(name) for name, value in row.items()},
        )
        for row in rows
    )


def _nothing(name: str) -> list[str] | None:
    return [] if name in ("emails", "phones", "street_keys", "postcode_keys") else None


@pytest.mark.usefixtures("stored_records")
def test_what_was_trained_is_a_draft_and_the_model_in_force_stays() -> None:
    said = _run("--kind", "person")
    draft = MatchingModel.objects.get()
    assert draft.state == MatchingModel.State.DRAFT
    assert f"publish it at /matching-rules/model/{draft.pk}/" in said
    assert "Changed most: " in said
    assert draft.report["records"] == SourceRecord.objects.filter(kind=PERSON).count()
    assert model_in_force(PERSON).model == shipped_model(PERSON)


@pytest.mark.usefixtures("stored_records")
def test_with_a_file_the_database_is_only_read(tmp_path: Path) -> None:
    path = tmp_path / "person.json"
    said = _run("--output", str(path))
    trained = Model.from_json(json.loads(path.read_text(encoding="utf-8")))
    assert trained.kind == PERSON
    assert trained != shipped_model(PERSON)
    assert str(path) in said
    assert not MatchingModel.objects.exists()


@pytest.mark.usefixtures("stored_records")
def test_too_few_companies_are_refused_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="needs 1,000 records"):
        _run("--kind", "company")


def test_without_splink_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(CommandError, match=r"kith-hub\[train\]"):
        _run()


def test_a_sample_that_is_too_small_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="1000 or more") as refused:
        _run("--sample", "10")
    assert refused.value.returncode == 2


def _run(*words: str) -> str:
    out = StringIO()
    call_command("train", *words, stdout=out, stderr=StringIO())
    return out.getvalue()
