"""Companies that book boxes and buy in bulk: legal forms, VAT and registration numbers that hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from stdnum import luhn
from stdnum.cy import vat as cyprus
from stdnum.gr import vat as greece
from stdnum.iso7064 import mod_11_10

from kith.demo import people, scripts
from kith.demo.places import COUNTRIES
from kith.demo.pools import Ints, Random


def _words(text: str) -> list[str]:
    return text.split()


FIRST: Final = _words("""Aegean Akamas Alpha Amber Anchor Apollo Argo Atlas Aurora Blue Bridge
Castle Cedar Coral Crown Cyprus Delta Eagle Elite Falcon Forum Galaxy Globe Golden Harbour Helios Hermes
Horizon Island Kyma Levant Lion Marina Medi Meridian Nexus North Ocean Olympus Omega Orion Palm Pegasus
Phoenix Pioneer Poseidon Prime Royal Silver Solar Star Summit Titan Trident Unity Vega Vertex Zenith""")
SECOND: Final = _words("""Bay Bros City Coast Edge Field Gate Group House Land Line Mark Park Peak
Point Port Ridge Rock Sea Sky Stone Sun Tower Trade Vale Way Wave West Wind Works""")
SECTORS: Final = _words("""Shipping Consulting Insurance Motors Foods Construction Logistics Travel
Media Engineering Pharma Properties Trading Software Energy Hotels Legal Design Security Audit""")


@dataclass(frozen=True, slots=True)
class Companies:
    """Arrays over companies; `forms` are up to three ways to write the legal form."""

    country: Ints
    names: pl.Series
    forms: tuple[pl.Series, ...]
    vat: pl.Series
    registration: pl.Series
    emails: pl.Series
    phones: Ints
    homes: people.Homes


def make(rng: Random, *, count: int, first_serial: int) -> Companies:
    shares = np.array([country.share for country in COUNTRIES])
    country = rng.choice(len(COUNTRIES), size=count, p=shares / shares.sum())
    names = _names(rng, count=count)
    luck = rng.random(count)
    legal = [_legal_forms(c, luck=one) for c, one in zip(country.tolist(), luck.tolist(), strict=True)]
    digits = rng.integers(10_000_000, 99_999_999, count)
    codes = [COUNTRIES[c].code for c in country.tolist()]
    numbers = list(zip(codes, digits.tolist(), strict=True))
    slugs = _strings([scripts.key(name) + ".example" for name in names])
    return Companies(
        country=country,
        names=pl.Series(names, dtype=pl.String),
        forms=tuple(_strings([form[place % len(form)] for form in legal]) for place in range(3)),
        vat=_strings([_vat(code, digits=number) for code, number in numbers]),
        registration=_strings([_registration(code, digits=number) for code, number in numbers]),
        emails=_strings(["info@", "office@", "accounts@"]).gather(rng.integers(0, 3, count)) + slugs,
        phones=first_serial + np.arange(count),
        homes=people.make_homes(rng, country=country),
    )  # fmt: skip


def _names(rng: Random, *, count: int) -> list[str]:
    room = len(FIRST) * len(SECOND) * len(SECTORS)
    chosen = rng.permutation(max(room, count))[:count]
    return [
        f"{FIRST[n % len(FIRST)]} {SECOND[n // len(FIRST) % len(SECOND)]} "
        f"{SECTORS[n // len(FIRST) // len(SECOND) % len(SECTORS)]}"
        + (f" {n // room + 1}" if n >= room else "")
        for n in chosen.tolist()
    ]


def _strings(values: Sequence[str | None]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def _legal_forms(country: int, *, luck: float) -> tuple[str, ...]:
    forms = COUNTRIES[country].legal_forms
    return forms[int(luck * len(forms))]


def _registration(code: str, *, digits: int) -> str:
    return f"HE {digits % 900_000 + 10_000}" if code == "CY" else str(digits)


def _vat(code: str, *, digits: int) -> str | None:
    """A VAT number whose check digit holds; None where we make none."""
    maker = VAT.get(code)
    return maker(f"{digits:08d}") if maker else None


def _britain(stem: str) -> str:
    body = f"9{stem[:6]}"
    total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), body, strict=True))
    return f"GB{body}{97 - (total + 55) % 97 if (total + 55) % 97 else 97:02d}"


def _france(stem: str) -> str:
    siren = stem + luhn.calc_check_digit(stem)
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _poland(stem: str) -> str:
    """The check sum is sometimes ten, which no number may end in: then the next stem serves."""
    for last in range(10):
        body = f"5{stem[:7]}{last}"
        check = sum(w * int(d) for w, d in zip((6, 5, 7, 2, 3, 4, 5, 6, 7), body, strict=True)) % 11
        if check < 10:
            return f"PL{body}{check}"
    raise AssertionError("of ten stems nine have a check digit")


VAT: Final[dict[str, Callable[[str], str]]] = {
    "CY": lambda stem: f"CY10{stem[:6]}{cyprus.calc_check_digit('10' + stem[:6])}",
    "GR": lambda stem: f"EL{stem}{greece.calc_check_digit(stem)}",
    "DE": lambda stem: f"DE{stem}{mod_11_10.calc_check_digit(stem)}",
    "PL": _poland,
    "FR": _france,
    "GB": _britain,
}
