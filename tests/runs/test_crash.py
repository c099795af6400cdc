"""Promise 8: kill -9 between any two statements of a run, start again: the same end state."""

from __future__ import annotations

import pytest

from kith.access.actors import OVERNIGHT
from kith.contacts.models import Contact
from kith.grouping.models import Evidence, Move
from kith.runs import actions
from kith.runs.models import Run
from kith.sources import changes
from kith.sources.models import SourceRecord
from tests.claims import claim
from tests.locks import wait_until_released
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

State = tuple[frozenset[frozenset[int]], frozenset[str], int, int]


def _claims(people: int) -> None:
    for number in range(people):
        claim(
            "TICKETS",
            str(number),
            first_name="Eleni",
            last_name=f"Reid{number}",
            email_1=f"e{number}@example.com",
        )
        claim(
            "SHOP",
            str(number),
            first_name="Helen",
            last_name=f"Reid{number}",
            email_1=f"e{number}@example.com",
        )


def _end_state() -> State:
    """Who is with whom, under what names, with how much lineage and evidence: all but the numbers."""
    groups: dict[int | None, set[int]] = {}
    for pk, contact_id in SourceRecord.objects.values_list("pk", "membership__contact_id"):
        groups.setdefault(contact_id, set()).add(pk)
    names = Contact.objects.filter(state=Contact.State.ACTIVE, stale_at__isnull=True).values_list(
        "name", flat=True
    )
    return (
        frozenset(frozenset(members) for members in groups.values()),
        frozenset(names),
        Move.objects.count(),
        Evidence.objects.count(),
    )


@pytest.mark.parametrize("statement", [3, 20, 34, 48, 60])
def test_a_run_killed_between_two_statements_ends_as_if_it_was_not(statement: int) -> None:
    _claims(6)
    assert ended("tests.runs.killed_run", str(statement)) == KILLED
    wait_until_released()
    finished = actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert finished.state == Run.State.DONE
    assert Run.objects.count() == 1
    groups, names, moves, evidence = _end_state()
    assert sorted(len(members) for members in groups) == [2] * 6
    assert len(names) == 6
    assert (moves, evidence) == (12, 6)


@pytest.mark.parametrize("statement", [8, 16, 24, 32, 40, 48])
def test_a_night_of_changes_killed_between_two_statements_ends_as_if_it_was_not(statement: int) -> None:
    _claims(11)
    actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    before = set(Evidence.objects.values_list("left_id", "right_id"))
    claim("SHOP", "0", first_name="Petros", last_name="Nikolaou", email_1="petros@example.com")
    claim("CLUB", "1", first_name="Helen", last_name="Reid1", email_1="e1@example.com")
    assert ended("tests.runs.killed_run", str(statement)) == KILLED
    kept = set(Evidence.objects.values_list("left_id", "right_id"))
    settled = not changes.changed_count()
    assert settled or kept == before
    wait_until_released()
    finished = actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert finished.state == Run.State.DONE
    assert finished.steps.get(name="match").note == "Only what changed was compared."
    groups, names, moves, evidence = _end_state()
    assert sorted(len(members) for members in groups) == [1, 1, *[2] * 9, 3]
    assert "Petros Nikolaou" in names
    assert (moves, evidence, changes.changed_count()) == (24, 12, 0)
