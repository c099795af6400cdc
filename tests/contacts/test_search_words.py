"""The search box reads shapes; no database here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.contacts import search


def beginnings(text: str) -> set[str]:
    return {one for term in search.read(text).terms for one in term.beginnings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eleni", "f:eleni"),
        ("Eleni", "l:eleni"),
        ("ΠΑΠΑΔΟΠΟΎΛΟΥ", "l:papadopoulou"),
        ("Eleni.Reid@Example.com", "e:eleni.reid@example.com"),
        ("@example.com", "d:example.com"),
        ("+44 7700 900 412", "p:447700900412"),
        ("07700 900412", "p:7700900412"),
        ("(0044) 7700-900412", "p:447700900412"),
        ("sw1a 1aa", "z:sw1a1aa"),
        ("SW1A 1", "z:sw1a1"),
        ("1012 AB", "z:1012ab"),
        ("3042", "z:3042"),
        ("M-20931", "r:m-20931"),
        ("nl_88121", "r:nl_88121"),
        ("700 41 882", "r:700 41 882"),
        ("700 41 882", "r:70041882"),
        ("14/03/1987", "b:1987-03-14"),
        ("03/04/1987", "b:1987-03-04"),
        ("03/04/1987", "b:1987-04-03"),
        ("14 Mar 1987", "b:1987-03-14"),
        ("1987", "b:1987"),
        ("1987-03", "b:1987-03"),
        ("X123 456Y", "i:x123"),
        ("van der Berg", "l:vanderberg"),
        ("O'Brien", "l:obrien"),
        ("Papadopoulou-Reid", "l:papadopouloureid"),
    ],
)
def test_a_word_is_looked_for_in_the_classes_of_its_shape(text: str, expected: str) -> None:
    assert expected in beginnings(text)


def test_words_are_anded_and_their_classes_are_ored() -> None:
    query = search.read("eleni 99123456").tsquery
    assert query.count(" & ") == 1
    assert "'f:eleni':*" in query
    assert "'p:99123456':*" in query


@pytest.mark.parametrize(
    "text", ["1 048 576", "1048576", "GroupID 1 048 576", "1\u00a0048\u00a0576", "#1048576"]
)
def test_a_group_id_is_known_with_and_without_spaces(text: str) -> None:
    assert search.read(text).group_id == 1_048_576


@pytest.mark.parametrize("text", ["42", "eleni", "99999999999999999999999", "1048576x"])
def test_what_cannot_be_a_group_id_is_none(text: str) -> None:
    assert search.read(text).group_id is None


@pytest.mark.parametrize("text", ["", "   ", "—", "😀", "''", "\x00", "&|!:*()"])
def test_signs_alone_are_harmless(text: str) -> None:
    search.read(text)


@given(st.text(max_size=300))
def test_any_text_makes_a_bounded_query(text: str) -> None:
    reading = search.read(text)
    assert len(reading.terms) <= search.MOST_WORDS
    assert len(reading.tsquery) < 20_000


def test_a_single_letter_is_left_out_beside_words_and_alone_is_a_whole_word() -> None:
    assert search.read("john b").tsquery == search.read("b john").tsquery
    assert "'l:b'" not in search.read("john b").tsquery
    assert "'f:e'" in search.read("e m").tsquery
    assert ":*" not in search.read("e m").tsquery
    assert ":*" in search.read("李").tsquery
