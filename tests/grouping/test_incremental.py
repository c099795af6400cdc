"""Promises 3 and 4: nights that compare only what changed end as if everything had been compared."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import EngineOptions, Recipe, counted_facts_of
from kith.matching.figures import Figures
from kith.matching.model import Model
from kith.matching.rules import RuleSet
from tests.grouping.kept import Kept, numbered
from tests.matching.drawn import drawn_records

Night = list[tuple[str, int, Comparable]]
"""What happens, to whom; a decision is between that one and the one the record is numbered as."""

_MOST = 14
_DECISIONS = {"apart": True, "together": False, "lift": None}
_change = st.tuples(
    st.sampled_from(["put", "put", "put", "take out", *_DECISIONS]),
    st.integers(1, _MOST),
    st.builds(numbered, drawn_records(), st.integers(1, _MOST)),
)
_nights = st.lists(st.lists(_change, max_size=5), min_size=1, max_size=5)


def _options(cap: int) -> EngineOptions:
    return EngineOptions(max_block_size=cap, frequent_records=3, frequent_names=2)


def _figures(records: list[Comparable]) -> Figures:
    """With switchboards where three names share an e-mail."""
    return counted_facts_of(as_table(records), options=_options(3))[1]


def _carry_out(kept: Kept, night: Night) -> None:
    for what, record_id, record in night:
        if what == "put":
            kept.put(numbered(record, record_id))
        elif what in _DECISIONS:
            kept.decide(record_id, record.record_id, apart=_DECISIONS[what])
        else:
            kept.take_out(record_id)


def _prove(first: list[Comparable], nights: list[Night], *, cap: int) -> Kept:
    """Both ways night by night: evidence, contacts and their numbers are the same."""
    records = [numbered(record, place) for place, record in enumerate(first, start=1)]
    figures = _figures(records)
    by_changes, by_everything = (Kept(figures, _options(cap)) for _ in range(2))
    for night in [[("put", record.record_id, record) for record in records], *nights]:
        for kept, run in ((by_changes, Kept.by_changes), (by_everything, Kept.by_everything)):
            _carry_out(kept, night)
            run(kept)
        assert by_changes.pairs == by_everything.pairs
        assert by_changes.contacts == by_everything.contacts
    return by_changes


@settings(max_examples=25, deadline=None)
@given(
    first=st.lists(drawn_records(), min_size=4, max_size=_MOST),
    nights=_nights,
    cap=st.sampled_from([2, 3, 100]),
)
def test_after_every_night_changes_alone_give_the_evidence_and_groupids_of_comparing_everything(
    first: list[Comparable], nights: list[Night], cap: int
) -> None:
    _prove(first, nights, cap=cap)


@pytest.mark.parametrize(("seed", "cap"), [(1, 2), (2, 4), (3, 8)])
def test_blocks_that_cross_the_cap_up_and_down_are_compared_anew(seed: int, cap: int) -> None:
    chance = random.Random(seed)
    nights: list[Night] = []
    for _ in range(6):
        chosen = [chance.randint(1, 70) for _ in range(6)]
        nights.append([(chance.choice(("put", "put", "take out")), one, _one_of(chance)) for one in chosen])
    kept = _prove([_one_of(chance) for _ in range(50)], nights, cap=cap)
    assert kept.crossed
    assert any(len(members) > 1 for members in kept.partition)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
def test_the_order_and_the_nights_in_which_system_refs_arrive_change_nothing(
    seed: int, order: random.Random
) -> None:
    chance = random.Random(seed)
    records = [numbered(_one_of(chance), place) for place in range(1, 31)]
    figures = _figures(records)
    at_once = Kept(figures, _options(4))
    _carry_out(at_once, [("put", one.record_id, one) for one in records])
    at_once.by_everything()
    night_by_night = Kept(figures, _options(4))
    order.shuffle(records)
    while records:
        night, records = records[: (size := order.randint(1, 12))], records[size:]
        _carry_out(night_by_night, [("put", one.record_id, one) for one in night])
        night_by_night.by_changes()
    assert night_by_night.pairs == at_once.pairs
    assert night_by_night.partition == at_once.partition


def test_many_with_one_email_beyond_the_cap_are_not_touched_by_one_more() -> None:
    crowd = [Comparable(record_id=0, last_key=f"l{place}x", emails=("all@x.example",)) for place in range(50)]
    kept = Kept(Figures.none(), EngineOptions(max_block_size=4))
    _carry_out(kept, [("put", place, one) for place, one in enumerate(crowd, start=1)])
    kept.by_changes()
    before = dict(kept.contacts)
    _carry_out(kept, [("put", 51, replace(crowd[0], last_key="new"))])
    kept.by_changes()
    assert kept.pairs == frozenset()
    assert {one: of for one, of in kept.contacts.items() if one != 51} == before


def test_a_recipe_read_back_from_the_store_is_the_same_recipe() -> None:
    recipe = Recipe.shipped()
    back = replace(
        recipe,
        rules=RuleSet.from_json(json.dumps(json.loads(recipe.rules.to_json()), sort_keys=True)),
        person=Model.from_json(json.loads(json.dumps(recipe.person.to_json(), sort_keys=True))),
        company=Model.from_json(json.loads(json.dumps(recipe.company.to_json(), sort_keys=True))),
    )
    assert back.version == recipe.version


def _one_of(chance: random.Random) -> Comparable:
    """People so alike that many share keys, and some are one."""
    first = chance.choice(("anna", "ann", "eleni", "helen", "petros", "peter", "kostas", "maria"))
    last = chance.choice(("smith", "smyth", "reid", "nikolaou", "papadopoulos"))
    emails = [f"{first}.{last}{chance.randint(1, 3)}@x.example"] if chance.random() < 0.6 else []
    if chance.random() < 0.1:
        emails.append("office@x.example")
    phone = chance.choice(("+35799123456", "+35796887711", "+35797454545", "+35795676712"))
    return Comparable(
        record_id=0,
        first_key=first if chance.random() < 0.95 else "",
        last_key=last,
        gender=chance.choice(("", "female", "male")),
        birth_date=date(1980, 1, chance.randint(1, 6)) if chance.random() < 0.4 else None,
        emails=tuple(emails),
        phones=(phone,) if chance.random() < 0.5 else (),
        id_number=chance.choice(("", "", "", "", "771201", "771202")),
        street_keys=("12 high street",),
        postcode_keys=(chance.choice(("n16xy", "10552", "4040")),),
    )
