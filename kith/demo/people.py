"""The people behind the records, household by household: who they truly are, before any source sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from kith.demo import pools
from kith.demo.places import COUNTRIES
from kith.demo.pools import Ints, Mask, Random

HOUSEHOLD_SIZES = (0.48, 0.24, 0.13, 0.11, 0.04)
DOMAINS = (
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "post.example.org",
    "home.example.net",
)
"""Only domains that RFC 2606 reserves: no demo e-mail can reach anybody."""
SPREAD = 7_368_787
"""Coprime to ten: turns serial numbers into scattered, never repeated digits."""
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Homes:
    """One address per household: indices into the pools."""

    country: Ints
    street: Ints
    number: Ints
    town: Ints
    digits: Ints
    tail: Ints
    flat: Ints


@dataclass(frozen=True, slots=True)
class People:
    """Arrays over persons; `homes` and `former_homes` over households. Owners are person numbers."""

    household: Ints
    culture: Ints
    woman: Mask
    given: Ints
    family: Ints
    maiden: Ints
    birth: Ints
    emails: pl.Series
    work_emails: pl.Series
    email_owner: Ints
    mobiles: Ints
    phone_owner: Ints
    employer: Ints
    homes: Homes
    former_homes: Homes
    moved: Mask
    landline: Mask


@dataclass(frozen=True, slots=True)
class _Family:
    household: Ints
    place: Ints
    head: Ints
    country: Ints
    culture: Ints


def make(rng: Random, *, count: int, companies: int, as_of: date) -> People:
    kin = _families(rng, count=count)
    woman = _women(rng, kin=kin)
    birth = _births(rng, kin=kin, today=(as_of - EPOCH).days)
    given = _given(rng, kin=kin, woman=woman)
    family, maiden = _surnames(rng, kin=kin, woman=woman)
    households = int(kin.household[-1]) + 1
    young = ((as_of - EPOCH).days - birth) < 16 * 365
    country = kin.country[kin.place == 0]
    emails = _emails(rng, given=given, family=family, maiden=maiden, woman=woman, birth=birth)
    return People(
        household=kin.household, culture=kin.culture, woman=woman, given=given, family=family, maiden=maiden,
        birth=birth, emails=emails[:count], work_emails=emails[count:],
        email_owner=_owners(rng, kin=kin, young=young, shared=0.14),
        mobiles=_serials(kin.country), phone_owner=_owners(rng, kin=kin, young=young, shared=0.08),
        employer=rng.integers(0, max(companies, 1), count),
        homes=make_homes(rng, country=country), former_homes=make_homes(rng, country=country),
        moved=rng.random(households) < 0.12, landline=rng.random(households) < 0.35,
    )  # fmt: skip


def _families(rng: Random, *, count: int) -> _Family:
    sizes = rng.choice(np.arange(1, 6), size=count, p=HOUSEHOLD_SIZES)
    household = np.repeat(np.arange(count), sizes)[:count]
    first = np.flatnonzero(np.diff(household, prepend=-1))
    head = first[household]
    shares = np.array([country.share for country in COUNTRIES])
    country = rng.choice(len(COUNTRIES), size=len(first), p=shares / shares.sum())
    own = np.array([pools.CULTURES.index(c.culture) for c in COUNTRIES])[country]
    elsewhere = np.array([pools.CULTURES.index(c.culture) for c in COUNTRIES])[
        rng.choice(len(COUNTRIES), size=len(first), p=shares / shares.sum())
    ]
    culture = np.where(rng.random(len(first)) < 0.12, elsewhere, own)
    return _Family(household, np.arange(count) - head, head, country[household], culture[household])


def _women(rng: Random, *, kin: _Family) -> Mask:
    woman = rng.random(len(kin.place)) < 0.47
    return np.where(kin.place == 1, ~woman[kin.head], woman)


def _births(rng: Random, *, kin: _Family, today: int) -> Ints:
    count = len(kin.place)
    age = rng.triangular(22, 42, 82, count)
    head_age = age[kin.head]
    age = np.where(kin.place == 1, np.maximum(head_age + rng.normal(0, 4, count), 20), age)
    age = np.where(kin.place >= 2, np.maximum(head_age - rng.uniform(22, 38, count), 5), age)
    birth = today - (age * 365.25).astype(np.int64)
    twin = (kin.place == 3) & (rng.random(count) < 0.12)
    return np.where(twin, np.roll(birth, 1), birth)


def _given(rng: Random, *, kin: _Family, woman: Mask) -> Ints:
    """A son here and there bears his father's name."""
    given = pools.given_names().draw(rng, groups=kin.culture * 2 + woman)
    junior = (kin.place == 2) & ~woman & ~woman[kin.head] & (rng.random(len(woman)) < 0.15)
    return np.where(junior, given[kin.head], given)


def _surnames(rng: Random, *, kin: _Family, woman: Mask) -> tuple[Ints, Ints]:
    """(name now, name before): wives mostly took their husband's name, some not long ago."""
    own = pools.family_names().draw(rng, groups=kin.culture)
    husband = np.where(kin.place == 1, kin.head, np.minimum(kin.head + 1, len(own) - 1))
    same_home = kin.household[husband] == kin.household
    luck = rng.random(len(own))
    child = kin.place >= 2
    family = np.where(child, own[kin.head], own)
    takes = (kin.place == 1) & (luck < 0.72)
    family = np.where(takes, own[kin.head], family)
    bride = takes & woman & same_home & (rng.random(len(own)) < 0.45)
    return family, np.where(bride, own, family)


def _owners(rng: Random, *, kin: _Family, young: Mask, shared: float) -> Ints:
    """Whose e-mail or phone a person gives: their own, the couple's, or a parent's."""
    luck = rng.random(len(young))
    borrows = ((kin.place == 1) & (luck < shared)) | ((kin.place >= 2) & young & (luck < 0.8))
    return np.where(borrows, kin.head, np.arange(len(young)))


def _emails(rng: Random, *, given: Ints, family: Ints, maiden: Ints, woman: Mask, birth: Ints) -> pl.Series:
    """Private addresses, then the older or work ones (under the name of before), all different."""
    names, surnames = pools.given_names(), pools.family_names()
    count = len(given)
    both = np.concatenate([family, maiden])
    year = 1970 + np.concatenate([birth, birth]) // 365.2425
    table = pl.DataFrame(
        {
            "first": names.forms(np.concatenate([given, given]), form=np.full(2 * count, pools.GIVEN_KEY)),
            "last": surnames.forms(
                both, form=pools.FAMILY_KEY + np.concatenate([woman, woman]).astype(np.int64)
            ),
            "year": pl.Series(year.astype(np.int64)).cast(pl.String),
            "habit": rng.choice(6, size=2 * count, p=(0.38, 0.2, 0.12, 0.1, 0.1, 0.1)),
            "domain": pl.Series(DOMAINS).gather(
                rng.choice(6, size=2 * count, p=(0.4, 0.2, 0.15, 0.1, 0.1, 0.05))
            ),
        }
    )
    first, last, habit = pl.col("first"), pl.col("last"), pl.col("habit")
    local = (
        pl.when(habit == 0).then(first + "." + last)
        .when(habit == 1).then(first.str.slice(0, 1) + last)
        .when(habit == 2).then(first + "_" + last)
        .when(habit == 3).then(last + "." + first.str.slice(0, 1))
        .when(habit == 4).then(first + pl.col("year").str.slice(2, 2))
        .otherwise(first + last + pl.col("year"))
    )  # fmt: skip
    table = table.select(local.alias("local"), "domain")
    again = pl.int_range(pl.len()).over("local", "domain")
    suffix = pl.when(again > 0).then(again.cast(pl.String)).otherwise(pl.lit(""))
    return table.select(pl.concat_str("local", suffix, pl.lit("@"), "domain").alias("email"))["email"]


def _serials(groups: Ints) -> Ints:
    """0, 1, 2 … within each group, in order."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.searchsorted(ordered, ordered)
    serial = np.empty(len(groups), dtype=np.int64)
    serial[order] = np.arange(len(groups)) - first
    return serial


def make_homes(rng: Random, *, country: Ints) -> Homes:
    count = len(country)
    endings = np.array([len(tails) for tails in pools.tails()])[country]
    return Homes(
        country=country,
        street=pools.streets().draw(rng, groups=country),
        number=1 + (rng.exponential(35, count)).astype(np.int64),
        town=pools.towns().draw(rng, groups=country),
        digits=rng.integers(0, 10_000, count),
        tail=rng.integers(0, 400, count) % endings,
        flat=np.where(rng.random(count) < 0.3, rng.integers(1, 60, count), 0),
    )


def mobile(country: int, serials: Ints) -> pl.Series:
    """National significant numbers of one country, one per serial number, never two alike."""
    return _numbers(COUNTRIES[country].mobile, serials=serials)


def landline(country: int, serials: Ints) -> pl.Series:
    return _numbers(COUNTRIES[country].landline, serials=serials)


def _numbers(ranges: tuple[tuple[str, int], ...], *, serials: Ints) -> pl.Series:
    prefixes, digits = zip(*ranges, strict=True)
    which = serials % len(ranges)
    widths = np.array(digits)[which]
    number = (serials // len(ranges) * SPREAD + 4_711) % 10**widths
    padded = pl.Series(number + 10**widths).cast(pl.String).str.slice(1)
    return pl.Series(prefixes).gather(which) + padded
