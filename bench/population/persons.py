"""Who people truly are, household by household: names over time, birth, reach and homes over time.

Times run from 0 (the oldest record) to 1 (today): a record of time t bears the former value of all that
changed after t. A change at time 0 is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from bench.population.columns import chance, either
from bench.population.knobs import Knobs
from bench.population.names import VARIANTS, Surnames, draw_surnames, written_given, written_surnames
from kith.demo import pools
from kith.demo.people import DOMAINS, Homes, make_homes
from kith.demo.places import COUNTRIES
from kith.demo.pools import Floats, Ints, Mask, Random

TODAY: Final = (date(2026, 11, 22) - date(1970, 1, 1)).days
ABROAD: Final = 0.12
"""Households whose names come from another country than they live in."""


def _words(text: str) -> list[str]:
    return text.split()


HABITS: Final = (0.36, 0.2, 0.12, 0.1, 0.12, 0.1)


@dataclass(frozen=True, slots=True)
class Kin:
    """Arrays over persons, but `country_of_home`; `head` and `elder` are person numbers."""

    household: Ints
    place: Ints
    """0 head, 1 partner, 2 and more children."""
    head: Ints
    culture: Ints
    country_of_home: Ints
    woman: Mask
    twin: Mask
    birth: Ints
    lives_with_others: Mask


@dataclass(frozen=True, slots=True)
class People:
    kin: Kin
    given: Ints
    second_given: Ints
    """-1 where there is none."""
    joins_given: Mask
    usual_variant: Ints
    surname: Surnames
    former_surname: Surnames
    married_at: Floats
    doubles_name: Mask
    namesake: Mask
    emails: tuple[pl.Series, pl.Series]
    """Present and former, of every person; never two alike."""
    email_changed_at: Floats
    email_owner: Ints
    phone_owner: Ints
    phone_changed_at: Floats
    homes: Homes
    former_homes: Homes
    moved_at: Floats
    """Of households."""
    landline: Mask
    """Of households."""
    employer: Ints


def make(rng: Random, *, count: int, employers: int, chunk: int, knobs: Knobs) -> People:
    kin = _kin(rng, count=count, knobs=knobs)
    given, namesake = _given(rng, kin=kin, knobs=knobs)
    surname, former, married_at = _surnames(rng, kin=kin, knobs=knobs)
    own = np.arange(count)
    young = kin.birth > TODAY - 16 * 365
    households = len(kin.country_of_home)
    second = pools.given_names().draw(rng, groups=kin.culture * 2 + kin.woman)
    people = (
        _email_names(rng, kin=kin, given=given, surname=surname, knobs=knobs),
        _email_names(rng, kin=kin, given=given, surname=former, knobs=knobs),
    )
    emails = _unlike(pl.concat(people), chunk=chunk)
    return People(
        kin=kin,
        given=given,
        second_given=np.where(chance(rng, knobs.second_given, count=count), second, -1),
        joins_given=chance(rng, knobs.joined_given, count=count),
        usual_variant=rng.integers(2, VARIANTS, count),
        surname=surname,
        former_surname=former,
        married_at=married_at,
        doubles_name=chance(rng, knobs.double_named, count=count) & (kin.place == 1),
        namesake=namesake,
        emails=(emails[:count], emails[count:]),
        email_changed_at=_changed_at(rng, share=knobs.changed_email, count=count),
        email_owner=_owner(rng, kin=kin, young=young, share=knobs.shares_email, own=own),
        phone_owner=_owner(rng, kin=kin, young=young, share=knobs.shares_phone, own=own),
        phone_changed_at=_changed_at(rng, share=knobs.changed_phone, count=count),
        homes=make_homes(rng, country=kin.country_of_home),
        former_homes=make_homes(rng, country=kin.country_of_home),
        moved_at=_changed_at(rng, share=knobs.moved, count=households),
        landline=chance(rng, knobs.landline, count=households),
        employer=_employer(rng, count=count, employers=employers),
    )


def _kin(rng: Random, *, count: int, knobs: Knobs) -> Kin:
    sizes = rng.choice(
        np.arange(1, len(knobs.household_sizes) + 1), size=count, p=np.array(knobs.household_sizes)
    )
    household = np.repeat(np.arange(count), sizes)[:count]
    first = np.flatnonzero(np.diff(household, prepend=-1))
    head = first[household]
    place = np.arange(count) - head
    shares = np.array([country.share for country in COUNTRIES])
    country, elsewhere = rng.choice(len(COUNTRIES), size=(2, len(first)), p=shares / shares.sum())
    spoken = np.array([pools.CULTURES.index(country.culture) for country in COUNTRIES])
    culture = spoken[np.where(chance(rng, ABROAD, count=len(first)), elsewhere, country)][household]
    woman = chance(rng, 0.47, count=count)
    woman = np.where((place == 1) & chance(rng, 0.96, count=count), ~woman[head], woman)
    twin = (place >= 3) & chance(rng, knobs.twins, count=count)
    return Kin(
        household=household,
        place=place,
        head=head,
        culture=culture,
        country_of_home=country,
        woman=woman,
        twin=twin | np.append(twin[1:], False),
        birth=_births(rng, place=place, head=head, twin=twin),
        lives_with_others=np.bincount(household)[household] > 1,
    )


def _births(rng: Random, *, place: Ints, head: Ints, twin: Mask) -> Ints:
    count = len(place)
    age = rng.triangular(22, 42, 82, count)
    of_head = age[head]
    age = np.where(place == 1, np.maximum(of_head + rng.normal(0, 4, count), 20), age)
    age = np.where(place >= 2, np.maximum(of_head - rng.uniform(22, 38, count), 5), age)
    birth = TODAY - (age * 365.25).astype(np.int64)
    return np.where(twin, np.roll(birth, 1), birth)


def _given(rng: Random, *, kin: Kin, knobs: Knobs) -> tuple[Ints, Mask]:
    count = len(kin.place)
    groups = kin.culture * 2 + kin.woman
    given, again = (pools.given_names().draw(rng, groups=groups) for _ in range(2))
    named_after = (kin.place == 2) & (kin.woman == kin.woman[kin.head])
    named_after &= chance(rng, knobs.namesakes, count=count)
    given = np.where(named_after, given[kin.head], given)
    # parents seldom give one name to two children
    child = (kin.place >= 3) & (given == np.roll(given, 1))
    given = np.where(child, again, given)
    namesake = named_after.copy()
    namesake[kin.head[named_after]] = True
    return given, namesake


def _surnames(rng: Random, *, kin: Kin, knobs: Knobs) -> tuple[Surnames, Surnames, Floats]:
    count = len(kin.place)
    own = draw_surnames(rng, culture=kin.culture, rare=knobs.rare_surnames)
    takes = (kin.place == 1) & chance(rng, knobs.partner_takes_name, count=count)
    family = own.of(kin.head).where(takes | (kin.place >= 2), own)
    lately = takes & chance(rng, knobs.married_lately, count=count)
    return family, own.where(lately, family), np.where(lately, rng.random(count), 0.0)


def _owner(rng: Random, *, kin: Kin, young: Mask, share: float, own: Ints) -> Ints:
    luck = rng.random(len(young))
    borrows = ((kin.place == 1) & (luck < share)) | ((kin.place >= 2) & young & (luck < 5 * share))
    return np.where(borrows, kin.head, own)


def _changed_at(rng: Random, *, share: float, count: int) -> Floats:
    return np.where(chance(rng, share, count=count), rng.random(count), 0.0)


def _employer(rng: Random, *, count: int, employers: int) -> Ints:
    """Heavy-tailed: a few employers of very many."""
    if not employers:
        return np.full(count, -1, dtype=np.int64)
    return np.minimum((rng.random(count) ** 2.5 * employers).astype(np.int64), employers - 1)


def _email_names(rng: Random, *, kin: Kin, given: Ints, surname: Surnames, knobs: Knobs) -> pl.Series:
    count = len(given)
    nothing_told = chance(rng, knobs.nameless_email, count=count)
    habit = np.where(nothing_told, 6, rng.choice(6, size=count, p=HABITS))
    domain = rng.choice(len(DOMAINS), size=count, p=(0.42, 0.2, 0.15, 0.1, 0.08, 0.05))
    table = pl.DataFrame(
        {
            "first": written_given(given, variant=np.ones(count, dtype=np.int64)),
            "last": written_surnames(
                surname, culture=kin.culture, woman=kin.woman, latin=np.ones(count, dtype=np.bool_)
            ),
            "year": pl.Series((1970 + kin.birth // 365.2425).astype(np.int64)).cast(pl.String),
            "word": pl.Series(_WORDS).gather(pl.Series(rng.integers(0, len(_WORDS), count))),
            "number": pl.Series(rng.integers(1, 1000, count)).cast(pl.String),
            "habit": habit,
            "domain": pl.Series(DOMAINS).gather(pl.Series(domain)),
        }
    )
    first, last, habits = pl.col("first"), pl.col("last"), pl.col("habit")
    local = (
        pl.when(habits == 0).then(first + "." + last)
        .when(habits == 1).then(first.str.slice(0, 1) + last)
        .when(habits == 2).then(first + "_" + last)
        .when(habits == 3).then(last + "." + first.str.slice(0, 1))
        .when(habits == 4).then(first + pl.col("year").str.slice(2, 2))
        .when(habits == 5).then(first + last + pl.col("year"))
        .otherwise(pl.col("word") + pl.col("number"))
    )  # fmt: skip
    return table.select((local.str.replace_all(" ", "") + "@" + pl.col("domain")).alias("email"))["email"]


def _unlike(emails: pl.Series, *, chunk: int) -> pl.Series:
    """Numbered where taken already, with numbers of this chunk's own."""
    split = emails.str.splitn("@", 2).struct.unnest()
    again = pl.DataFrame({"email": emails}).select(pl.int_range(pl.len()).over("email"))["literal"]
    number = again.to_numpy() * 1_000 + chunk
    numbered = split["field_0"] + "-" + pl.Series(number).cast(pl.String) + "@" + split["field_1"]
    return either(number > 0, numbered, emails)


_WORDS: Final = _words(
    """eagle sunny tiger ocean dragon lucky star rock moon river happy angel wolf blue king fox lion sky
    rose magic ghost storm shadow pixel racer surfer gamer dreamer runner hunter coffee honey panda cat
    bear falcon summer winter silver golden cosmic turbo"""
)  # fmt: skip
