"""C25: names are found by ear, behind those that are spelt so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.models import User
from kith.contacts.search import sound_terms
from kith.matching.cleaning import fold
from kith.matching.sounding import first_name_sound, last_name_sound
from tests.contacts import factories


def test_what_is_no_name_has_no_sound() -> None:
    assert sound_terms("katerina 1987") == ()
    assert sound_terms("") == ()
    assert all("k:p" in term.wholes for term in sound_terms("Papas"))


@pytest.mark.parametrize(
    "ways",
    [
        ("Χαραλαμπόπουλος", "Charalambopoulos", "Haralampopoulos", "Kharalambopoulos"),
        ("Χατζής", "Hatzis", "Chatzis"),
        ("Ντίνος", "Ntinos", "Dinos"),
        ("Μπάμπης", "Mpampis", "Babis"),
        ("Αγγέλου", "Angelou", "Aggelou"),
    ],
)
def test_c25_one_greek_name_sounds_alike_however_it_is_spelt(ways: tuple[str, ...]) -> None:
    for heard in (first_name_sound, last_name_sound):
        assert len({heard(fold(one)) for one in ways}) == 1


def test_c25_names_that_sound_otherwise_stay_apart() -> None:
    names = ("Hatzis", "Kotsis", "Babis", "Markou", "Anthony", "Antoniou", "Petrou")
    assert len({last_name_sound(fold(one)) for one in names}) == len(names)


@pytest.mark.django_db
def test_c25_katerina_papas_finds_her_in_greek_letters_behind_who_is_spelt_so(
    client_of: Callable[[User], Client], viewer: User
) -> None:
    greek = factories.person("Αικατερίνη", "Παππά")
    factories.person("Nikos", "Pappas")
    factories.person("Katerina", "Georgiou")
    browser = client_of(viewer)
    answer = browser.post("/contacts/", {"q": "Katerina Papas"}, follow=True)
    assert "names that sound like it" in answer.text
    assert [row.pk for row in answer.context["alike"]] == [greek.pk]
    one, two = (factories.person("Katerina", "Papas") for _ in range(2))
    answer = browser.post("/contacts/", {"q": "Katerina Papas"}, follow=True)
    assert [row.pk for row in answer.context["contacts"]] == [one.pk, two.pk]
    more = browser.get(answer.context["links"]["sounds"], headers={"HX-Request": "true"})
    assert [row.pk for row in more.context["alike"]] == [greek.pk]
    assert "<html" not in more.text
    typo = browser.post("/contacts/", {"name": "Katerina Pappa", "kind": "person"}, follow=True)
    assert {row.pk for row in typo.context["alike"]} == {greek.pk, one.pk, two.pk}
