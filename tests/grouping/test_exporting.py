from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from kith.access.actors import COMMAND_LINE
from kith.audit.models import Entry
from kith.grouping.exporting import export_cleaned
from kith.kernel.errors import Refused
from kith.matching.comparable import SCHEMA
from kith.matching.engines.recipe_file import recipe_from_json
from kith.matching.evidence import Recipe
from kith.privacy.erasing import steps
from tests.claims import claim, source
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_cleaned_records_and_the_recipe_in_force_are_exported_and_that_is_noted(tmp_path: Path) -> None:
    source("TICKETS")
    wanted = [
        claim("TICKETS", ref, first_name="Ann", last_name="Lee", email_1="ann@x.example") for ref in "abc"
    ]
    assert export_cleaned(actor=COMMAND_LINE, folder=tmp_path) == 3
    written = pq.read_table(tmp_path / "records")
    assert written.column_names == SCHEMA.names
    assert written.column("record_id").to_pylist() == sorted(record.pk for record in wanted)
    assert written.column("emails").to_pylist() == [["ann@x.example"]] * 3
    assert recipe_from_json((tmp_path / "recipe.json").read_text("utf-8")) == Recipe.shipped()
    assert Entry.objects.get(event="CleanedRecordsExported").detail == {"records": 3}


def test_an_export_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    with pytest.raises(Refused, match="already"):
        export_cleaned(actor=COMMAND_LINE, folder=tmp_path)


def test_whoever_was_anonymised_is_neither_exported_nor_counted(tmp_path: Path) -> None:
    allow()
    gone, stays = factories.person("Ann"), factories.person("Paul")
    steps.carry_on([order(gone).uid])
    assert export_cleaned(actor=COMMAND_LINE, folder=tmp_path) == 1
    written = pq.read_table(tmp_path / "records")
    assert written.column("record_id").to_pylist() == [stays.primary_record_id]
    steps.carry_on([order(stays).uid])
    with pytest.raises(Refused, match="no records to export"):
        export_cleaned(actor=COMMAND_LINE, folder=tmp_path / "nothing")
