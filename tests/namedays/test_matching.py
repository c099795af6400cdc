"""A36: whose name day is when."""

from __future__ import annotations

import pytest

from kith.namedays.calendars import CODES, all_files, calendar_file
from kith.namedays.days import read_day
from kith.namedays.matching import Calendar, first_of, rules_of

GREEK = Calendar("greek", calendar_file("greek").rules, year=2026)


def day_of(name: str, calendar: Calendar = GREEK) -> str:
    found = calendar.find(name)
    return found.day.code if found else ""


def of(*lines: tuple[str, str]) -> Calendar:
    return Calendar("own", rules_of((day, names.split(", ")) for day, names in lines), year=2026)


@pytest.mark.parametrize(
    "name",
    [
        *("Γιώργος", "ΓΙΩΡΓΟΣ", "γιωργος", "Γεώργιος", "Giorgos", "Yiorgos", "Yorgos", "George", "GEORGE"),
        *("Jorge", "Γεωργία", "Georgia", "Giorgos-Alexandros", "Γιώργος Μιχαήλ"),
    ],
)
def test_a36_george_in_every_spelling_celebrates_on_one_day(name: str) -> None:
    assert day_of(name) == "04-23|orthodox+1"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Αικατερίνη", "11-25"),
        ("Katerina", "11-25"),
        ("Κώστας", "05-21"),
        ("Costas", "05-21"),
        ("Konstantinos", "05-21"),
        ("ΜΑΡΊΑ", "08-15"),
        ("Μαρία-Ελένη", "08-15"),
        ("Eleni Maria", "05-21"),
        ("Θεόδωρος", "orthodox-43"),
        ("Λάμπρος", "orthodox+0"),
        ("Χρήστος", "12-25"),
        ("Kassianos", "02-29"),
        ("Yiannis", "01-07"),
        ("Xyzzy", ""),
        ("", ""),
        ("😀", ""),
    ],
)
def test_a36_greek_names_in_both_scripts(name: str, day: str) -> None:
    assert day_of(name) == day


def test_a36_of_two_rules_the_earliest_from_january_counts() -> None:
    assert day_of("Anna", of(("12-09", "Anna"), ("07-25", "Anna"))) == "07-25"
    # In 2026 Orthodox Easter is on 12 April.
    assert day_of("Zoe", of(("05-02", "Zoe"), ("orthodox+5", "Zoe"))) == "orthodox+5"


def test_a36_a_listed_spelling_goes_before_what_a_name_is_short_for() -> None:
    calendar = of(("01-01", "Konstantinos"), ("09-09", "Kostas"))
    assert day_of("Kostas", calendar) == "09-09"
    assert day_of("Kostis", calendar) == "01-01"


def test_a36_accents_count_where_both_spellings_are_listed() -> None:
    swedish = Calendar("swedish", calendar_file("swedish").rules, year=2026)
    assert (day_of("Märta", swedish), day_of("Marta", swedish)) == ("05-11", "07-27")
    assert day_of("Goran", swedish) == "04-23"
    assert day_of("Gustav Adolf", swedish) == "11-06"


def test_c9_the_first_calendar_that_knows_a_name_counts() -> None:
    own = of(("03-03", "Katerina"))
    found = first_of((own, GREEK), "Katerina"), first_of((own, GREEK), "Giorgos")
    assert [one.day.code for one in found if one] == ["03-03", "04-23|orthodox+1"]


def test_a36_a_name_that_some_calendar_lists_is_never_taken_for_short_for_another() -> None:
    both = of(("03-03", "John")), of(("01-07", "Giannis"))
    listed, short = first_of(both, "Giannis"), first_of(both, "Johnny")
    assert listed is not None
    assert short is not None
    assert (listed.day.code, listed.is_sure) == ("01-07", True)
    assert (short.day.code, short.is_sure) == ("03-03", False)


def test_c9_kith_comes_with_four_calendars_with_their_sources() -> None:
    for one in all_files():
        assert one.name
        assert one.source
        assert one.complete
        assert one.name_count > 300
        assert all(read_day(rule.day.code) == rule.day for rule in one.rules)
    assert CODES == ("greek", "cypriot", "swedish", "czech")


def test_c9_each_listed_name_celebrates_on_its_day_or_an_earlier_one() -> None:
    for one in all_files():
        calendar = Calendar(one.code, one.rules, year=2026)
        for rule in one.rules:
            for name in rule.names:
                found = calendar.find(name)
                assert found is not None
                assert found.is_sure
                assert found.day.on(2026) <= rule.day.on(2026), name


def test_c9_the_cypriot_calendar_knows_what_the_greek_does_and_its_own_names() -> None:
    cypriot = Calendar("cypriot", calendar_file("cypriot").rules, year=2026)
    assert day_of("Γιωρκής", cypriot) == day_of("George", cypriot) == "04-23|orthodox+1"
    assert day_of("Pambos", cypriot) == "02-10"
    assert day_of("Neofytos", cypriot) == "01-24"
