"""Companies: a name with variants, numbers, a head office and perhaps a branch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from bench.population.columns import chance, digits, either
from bench.population.knobs import Knobs
from kith.demo.companies import FIRST, SECOND, SECTORS
from kith.demo.people import SPREAD, Homes, make_homes
from kith.demo.places import COUNTRIES
from kith.demo.pools import Ints, Mask, Random

SHORT = {"construction": "constr", "engineering": "eng", "consulting": "cons", "properties": "prop"}


@dataclass(frozen=True, slots=True)
class Firms:
    """Arrays over companies. Several may share a name's first two words: sister companies."""

    names: pl.Series
    short_names: pl.Series
    vat: pl.Series
    registration: pl.Series
    emails: pl.Series
    phones: pl.Series
    branch_phones: pl.Series
    homes: Homes
    branch_homes: Homes
    has_branch: Mask


def make(rng: Random, *, count: int, chunk: int, chunk_size: int, knobs: Knobs) -> Firms:
    shares = np.array([country.share for country in COUNTRIES])
    country = rng.choice(len(COUNTRIES), size=count, p=shares / shares.sum())
    serials = chunk * chunk_size + np.arange(count)
    one, two, sector, town = (rng.integers(0, 1 << 20, count) for _ in range(4))
    first = _word(FIRST, one) + _word(SECOND, two)
    sectors = _word(SECTORS, sector)
    # beyond the room of three words a number of their own keeps firms apart
    suffix = either(
        serials % 3 == 0, pl.Series(serials).cast(pl.String), pl.Series([""]).new_from_index(0, count)
    )
    short = sectors.replace(list(SHORT), list(SHORT.values()))
    return Firms(
        names=first + sectors + suffix,
        short_names=either(chance(rng, 0.5, count=count), first + short + suffix, first + suffix),
        vat=_codes(country) + digits(serials * SPREAD + 11, width=9),
        registration=pl.Series(["he"]).new_from_index(0, count) + digits(serials * SPREAD + 7, width=7),
        emails=_word(["Info", "Office", "Accounts"], town) + "@" + first + pl.Series(serials).cast(pl.String)
        + ".example",
        phones=_calling(country) + "2" + digits(serials * SPREAD + 3, width=7),
        branch_phones=_calling(country) + "3" + digits(serials * SPREAD + 5, width=7),
        homes=make_homes(rng, country=country),
        branch_homes=make_homes(rng, country=country),
        has_branch=chance(rng, knobs.company_branch, count=count),
    )  # fmt: skip


def _word(words: list[str], luck: Ints) -> pl.Series:
    lowered = pl.Series([word.lower() for word in words])
    return lowered.gather(pl.Series(luck % len(words)))


def _codes(country: Ints) -> pl.Series:
    return pl.Series([country.code for country in COUNTRIES]).gather(pl.Series(country))


def _calling(country: Ints) -> pl.Series:
    return pl.Series(["+" + country.calling for country in COUNTRIES]).gather(pl.Series(country))
