"""Answers as labels that Splink reads."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from splink import DuckDBAPI, Linker

from kith.access.models import User
from kith.grouping.actions import carry_out
from kith.grouping.engine.records import arrow_records
from kith.grouping.intents import KeepApart, Undo
from kith.grouping.recipe.in_force import matching_in_force
from kith.kernel.errors import NotAllowed
from kith.matching.evidence import facts_of, in_id_order
from kith.matching.splink_columns import splink_columns
from kith.matching.splink_json import to_splink
from kith.stewardship.review import actions
from kith.stewardship.review.labels import as_csv, labels
from kith.stewardship.review.models import Answer
from tests.contacts import factories
from tests.stewardship.doubtful import asked, first_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_each_answer_and_each_decision_in_force_is_a_label(steward: User) -> None:
    one, two = asked(), asked(first="Despina")
    actions.answer(actor=steward.actor, item_id=one.pk, verdict=Answer.GROUP)
    actions.answer(actor=steward.actor, item_id=two.pk, verdict=Answer.APART)
    left, right = factories.person("Zoe"), factories.person("Zoe")
    carry_out(actor=steward.actor, intent=KeepApart(contacts=(left.pk, right.pk)))
    found = labels(actor=steward.actor)
    said = {(row[1], row[3]): row[4] for row in found.iter_rows()}
    assert said == {
        (one.left_record_id, one.right_record_id): 1.0,
        (two.left_record_id, two.right_record_id): 0.0,
        (first_of(left), first_of(right)): 0.0,
    }
    assert set(found["source_dataset_l"]) == {"MEMBERS", "TICKETS"}


def test_what_was_taken_back_is_no_label(steward: User) -> None:
    item = asked()
    actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.GROUP)
    actions.undo(actor=steward.actor, item_id=item.pk)
    given = actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.APART)
    assert given.item.operation is not None
    carry_out(actor=steward.actor, intent=Undo(operation=given.item.operation.pk))
    assert labels(actor=steward.actor).is_empty()


def test_labels_are_for_those_who_may_group(viewer: User) -> None:
    with pytest.raises(NotAllowed):
        labels(actor=viewer.actor)


def test_splink_reads_the_file_and_measures_the_model_in_force_with_it(steward: User, tmp_path: Path) -> None:
    """`unique_id` is that of the table which the model's own Splink form is made for."""
    one, two = asked(), asked(first="Despina")
    actions.answer(actor=steward.actor, item_id=one.pk, verdict=Answer.GROUP)
    actions.answer(actor=steward.actor, item_id=two.pk, verdict=Answer.APART)
    path = tmp_path / "kith-labels.csv"
    path.write_bytes(as_csv(labels(actor=steward.actor)))

    in_force = matching_in_force()
    facts = facts_of(in_id_order(arrow_records()), in_force.figures)
    model = to_splink(in_force.recipe.person, records=len(facts.records))
    model |= {"retain_matching_columns": True}
    database = DuckDBAPI()
    linker = Linker(database.register(splink_columns(facts)), model, log_level=None)
    table = linker.table_management.register_labels_table(database.register(pl.read_csv(path).to_arrow()))
    said = linker.evaluation.accuracy_analysis_from_labels_table(table, output_type="table")
    rows = said.as_pyarrow_table().to_pylist()
    assert {(row["p"], row["n"]) for row in rows} == {(1, 1)}
    linker.training.estimate_m_from_pairwise_labels(table)
