"""`kith evaluate`: figures against a truth, and the errors with their reasons."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from kith.access.actors import OVERNIGHT
from kith.grouping.evaluating import evaluate_contacts, read_truth
from kith.kernel.errors import Refused
from kith.runs import actions
from kith.runs.models import Run
from tests.claims import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def truth(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["source", "system_ref", "person"], orient="row")


def grouped() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni.reid@example.com")
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni.reid@example.com")
    claim("SHOP", "B", first_name="Eleni", last_name="Reid")
    actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)


def test_a_right_grouping_scores_one_and_has_no_errors_to_show() -> None:
    grouped()
    found = evaluate_contacts(
        truth(("TICKETS", "1", "eleni"), ("SHOP", "A", "eleni"), ("SHOP", "B", "another")), worst=5
    )
    assert (found.scores.precision, found.scores.recall, found.scores.bcubed_f1) == (1.0, 1.0, 1.0)
    assert (found.known, found.unknown, found.joined) == (3, 0, ())


def test_two_persons_in_one_contact_are_shown_with_their_waterfall() -> None:
    grouped()
    found = evaluate_contacts(truth(("TICKETS", "1", "eleni"), ("SHOP", "A", "her cousin")), worst=5)
    assert found.scores.precision == 0.0
    (wrong,) = found.joined
    assert {wrong.left, wrong.right} == {"TICKETS 1", "SHOP A"}
    assert sum(step.bits for step in wrong.explanation.steps) > 0


def test_one_person_in_two_contacts_is_shown_when_there_is_evidence() -> None:
    grouped()
    found = evaluate_contacts(truth(("TICKETS", "1", "eleni"), ("SHOP", "B", "eleni")), worst=5)
    assert found.scores.recall == 0.0
    assert [wrong.right for wrong in found.parted] in (["SHOP B"], [])


def test_the_command_prints_figures_and_no_value_of_anybody(tmp_path: Path) -> None:
    grouped()
    file = tmp_path / "truth.csv"
    file.write_text("source,system_ref,person\nTICKETS,1,x\nSHOP,A,y\nSHOP,gone,z\n", encoding="utf-8")
    said = StringIO()
    call_command("evaluate", str(file), stdout=said)
    text = said.getvalue()
    assert "(1 of the truth are not here)" in text
    assert "TICKETS 1  ~  SHOP A" in text
    assert "same e-mail" in text
    assert "reid" not in text.casefold()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("system_ref,person\n1,x\n", "has no column source"),
        ("source,system_ref,person\nA,1,x\nA,1,y\n", "names 2 System Refs more than once"),
        ("source,system_ref,person\nNOWHERE,1,x\n", "No System Ref of the truth has a GroupID here"),
    ],
)
def test_a_truth_that_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence):
        call_command("evaluate", str(file))


def test_a_file_that_is_not_there_is_refused_by_its_name_alone(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"nowhere\.csv cannot be read"):
        read_truth(tmp_path / "nowhere.csv")
