"""Promise 4 on PostgreSQL: nights of changes, what they touch, and what a cancelled one leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator

import polars as pl
import pytest
from django.db import connection
from django.test import override_settings

from kith import bulk
from kith.access.actors import OVERNIGHT
from kith.grouping.engine import basis, delta, evidence_store
from kith.grouping.engine.records import arrow_records
from kith.grouping.models import Basis, Evidence, Move
from kith.grouping.recipe.versions import recipe_in_force
from kith.jobs import progress
from kith.matching.evidence import cluster_records, facts_of, find_evidence, in_id_order
from kith.runs import actions
from kith.runs.models import Run, RunSettings
from kith.sources import changes
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim
from tests.grouping.kept import partition
from tests.grouping.small_blocks import OPTIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

FIRST = ("Eleni", "Helen", "Petros", "Peter", "Konstantinos", "Kostas", "Maria", "Anna")
LAST = ("Reid", "Nikolaou", "Papadopoulos", "Smith", "Smyth", "Georgiou")
REACH = ("office@example.com", "home@example.com", "a@example.com", "b@example.com", "c@example.com")


@pytest.fixture(autouse=True)
def small_blocks(transactional_db: None) -> Iterator[None]:
    with override_settings(KITH_OVERNIGHT="tests.grouping.small_blocks.STEPS"):
        RunSettings.objects.update_or_create(pk=1, defaults={"breaker_percent": 100})
        yield


def overnight(*, everything: bool = False) -> dict[str, int]:
    """The figures of the matching step."""
    run = actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND, everything=everything)
    assert run.state == Run.State.DONE
    counts: dict[str, int] = run.steps.get(name="match").counts
    return counts


def said() -> str:
    return Run.objects.order_by("-pk")[0].steps.get(name="match").note


def _someone(chance: random.Random) -> dict[str, str]:
    known = {"first_name": chance.choice(FIRST), "last_name": chance.choice(LAST)}
    if chance.random() < 0.4:
        known["email_1"] = chance.choice(REACH)
    if chance.random() < 0.4:
        known["email_2"] = f"{known['first_name']}.{known['last_name']}@example.com"
    if chance.random() < 0.4:
        known["phone_1"] = f"+3579{chance.randint(1, 30):02}12345"
    if chance.random() < 0.3:
        known["birth_date"] = f"{chance.randint(1, 9):02}/05/1980"
    if chance.random() < 0.3:
        known["address_1_postcode"] = chance.choice(("3020", "1065"))
    return known


def _kept() -> tuple[set[tuple[object, ...]], frozenset[frozenset[int]]]:
    members = Membership.objects.values_list("record_id", "contact_id")
    return set(evidence_store.all_evidence().rows()), partition(dict(members))


def _by_everything() -> tuple[set[tuple[object, ...]], frozenset[frozenset[int]]]:
    """What comparing all anew with the same figures would give."""
    newest, recipe = basis.newest(), recipe_in_force().recipe
    assert newest is not None
    figures = basis.figures_of(newest)
    facts = facts_of(in_id_order(arrow_records()), figures)
    found = find_evidence(facts, recipe=recipe, figures=figures, options=OPTIONS)
    evidence = delta.as_kept(found.pairs)
    clusters = pl.DataFrame(cluster_records(facts, evidence.to_arrow(), recipe=recipe).table)
    return set(evidence.rows()), partition(dict(clusters.rows()))


def test_nights_of_new_changed_and_removed_system_refs_end_as_if_all_had_been_compared() -> None:
    chance = random.Random(7)
    for number in range(90):
        claim("TICKETS", str(number), received_at=None, **_someone(chance))
    overnight()
    for night in range(6):
        for number in range(3):
            claim("SHOP", f"{night}-{number}", received_at=None, **_someone(chance))
            claim("TICKETS", str(chance.randrange(90)), received_at=None, **_someone(chance))
        gone = chance.choice(SourceRecord.objects.all())
        changes.note(gone.pk, old_keys=gone.match_keys)
        gone.delete()
        counts = overnight()
        assert said() == "Only what changed was compared."
        assert 0 < counts["touched"] < SourceRecord.objects.count()
        assert _kept() == _by_everything()
    assert not changes.changed_count()


def test_a_night_without_news_reads_and_writes_nothing() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    overnight()
    counts = overnight()
    assert (counts["changed"], counts["placed"], counts["moved"]) == (0, 0, 0)
    assert "touched" not in counts
    assert said() == "Only what changed was compared."


def test_one_more_with_an_email_that_everybody_has_touches_nobody_else() -> None:
    for number in range(40):
        claim(
            "TICKETS",
            str(number),
            first_name=f"F{chr(97 + number % 26)}{chr(97 + number // 26)}",
            last_name=f"L{chr(97 + number % 26)}{chr(97 + number // 26)}",
            email_1="all@example.com",
        )
    overnight()
    claim("SHOP", "1", first_name="Eleni", last_name="Reid", email_1="all@example.com")
    counts = overnight()
    assert (counts["changed"], counts["touched"], counts["compared"]) == (1, 1, 0)


def test_who_has_a_key_is_looked_up_by_index_and_no_further_than_asked() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    with evidence_store.one_moment(), connection.cursor() as cursor:
        evidence_store.read_by_index()
        cursor.execute(f"EXPLAIN {evidence_store.MEMBERS}", [[1, 2], [201, 201]])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Limit" in plan
    assert "Bitmap Index Scan on source_record_by_match_key" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("because", "asked"),
    [("more than 10 % of the System Refs changed", False), ("somebody asked for it", True)],
)
def test_everything_is_compared_when_much_changed_or_somebody_asks(because: str, asked: bool) -> None:
    for number in range(4):
        claim("TICKETS", str(number), first_name="Eleni", last_name=f"Reid{chr(97 + number)}")
    overnight()
    if not asked:
        claim("TICKETS", "9", first_name="Eleni", last_name="Reid")
    overnight(everything=asked)
    assert because in said()
    assert Basis.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "stage"),
    [(True, stage) for stage in ("Read System Refs", "Compare", "Group", "Write")]
    + [(False, stage) for stage in ("Read System Refs", "Compare", "Write")],
)
def test_a_run_cancelled_at_any_stage_leaves_nothing_and_the_next_does_it_all(
    first: bool, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "MIN_INTERVAL_SECONDS", 0)
    for number in range(20):
        claim("TICKETS", str(number), first_name="Eleni", last_name=f"Reid{chr(97 + number)}")
    if not first:
        overnight()
    claim("SHOP", "1", first_name="Eleni", last_name="Reida", email_1="e@example.com")
    claim("SHOP", "2", first_name="Helen", last_name="Reida", email_1="e@example.com")
    before = (_kept(), Move.objects.count(), changes.changed_count())

    def cancel(done: int, total: int | None, note: str) -> None:
        if note == stage:
            progress.request_cancel("run", Run.objects.latest("pk").pk)

    run = actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND, listener=cancel)
    assert run.state == Run.State.CANCELLED
    assert (_kept(), Move.objects.count(), changes.changed_count()) == before
    overnight()
    assert ("Only what changed" in said()) is not first
    assert _kept() == _by_everything()
    assert Evidence.objects.filter(groups=True).exists()


def test_weights_read_back_as_they_were_written() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    claim("TICKETS", "2", first_name="Helen", last_name="Reid", email_1="e@example.com")
    overnight()
    evidence = _kept()[0]
    assert evidence == _by_everything()[0]
    assert (
        bulk.fetch(
            "SELECT count(*) FROM grouping_evidence WHERE round(weight::numeric, 3) <> weight::numeric",
            schema={"n": pl.Int64()},
        ).item()
        == 0
    )
