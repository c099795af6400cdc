"""What an override holds, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kith.contacts.value_ids import address_key
from kith.golden.pieces import Piece, is_empty, joined, keys_of, without

EMAILS = st.sampled_from([f"{letter}@example.com" for letter in "abcd"])
EDITS = st.lists(st.tuples(EMAILS, st.booleans(), st.sampled_from(["", *"abcd"])), min_size=1, max_size=6)


def email(value: str, *, leads: bool) -> Piece:
    return Piece(emails=[value], email_types=[""], leads=leads, typed=[value])


def edited(edits: list[tuple[str, bool, str]]) -> Piece:
    piece: Piece | None = None
    for value, leads, instead in edits:
        piece = joined(
            piece,
            email(value, leads=leads),
            field="emails",
            without=f"{instead}@example.com" if instead else "",
        )
    assert piece is not None
    return piece


@given(EDITS)
def test_a_value_stands_once_and_the_last_one_typed_is_there(edits: list[tuple[str, bool, str]]) -> None:
    piece = edited(edits)
    keys = keys_of(piece, field="emails")
    assert len(keys) == len(set(keys)) == len(piece["email_types"])
    assert edits[-1][0] in keys
    assert sorted(piece["typed"]) == sorted(keys)


@given(EDITS)
def test_who_leads_goes_first(edits: list[tuple[str, bool, str]]) -> None:
    piece = edited(edits)
    if edits[-1][1]:
        assert piece["leads"]
        assert piece["emails"][0] == edits[-1][0]


@given(EDITS)
def test_taking_back_value_by_value_ends_with_nothing(edits: list[tuple[str, bool, str]]) -> None:
    piece: Piece | None = edited(edits)
    while piece is not None:
        key = keys_of(piece, field="emails")[-1]
        left = without(piece, field="emails", key=key)
        assert left is None or key not in keys_of(left, field="emails")
        piece = left


def test_without_the_one_that_leads_nobody_leads() -> None:
    both = joined(email("a@example.com", leads=True), email("b@example.com", leads=False), field="emails")
    assert both["emails"] == ["a@example.com", "b@example.com"]
    left = without(both, field="emails", key="a@example.com")
    assert left is not None
    assert left["leads"] is False


def test_addresses_are_told_apart_by_street_and_postcode_however_written() -> None:
    one = {"line1": "12 Harbour Walk", "postcode": "3042", "city": "Limassol"}
    two = {"line1": "12, HARBOUR WALK", "postcode": "3042 ", "city": "Lemesos"}
    assert address_key(one) == address_key(two)
    assert address_key({"city": "Limassol"}) == "limassol"


def test_a_name_without_first_and_last_is_empty() -> None:
    assert is_empty(Piece(title="Dr", first_name=None, last_name=None), field="name")
    assert not is_empty(Piece(birth_date="1987-03-14"), field="birth_date")
