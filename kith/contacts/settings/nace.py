"""The sections and divisions of NACE, as a list of sectors and industries that one can load."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from kith.contacts.settings.codes import by_code
from kith.contacts.settings.industries import Industries, Industry, Sector

SOURCE: Final = "NACE Rev. 2"
"""Regulation (EC) No 1893/2006 of the European Parliament and of the Council, Annex I: 21 sections, 88
divisions. Names as there, divisions with the section they belong to."""


def with_nace(value: Industries) -> Industries:
    """What is there stays as it is, and first; what has the same name counts as the same."""
    listed = nace()
    here = {_name(one.label): one.code for one in value.sectors}
    sector = {one.code: here.get(_name(one.label), one.code) for one in listed.sectors}
    sectors = by_code(value.sectors)
    industries, named = by_code(value.industries), {_name(one.label) for one in value.industries}
    return Industries(
        (*value.sectors, *(one for one in listed.sectors if sector[one.code] not in sectors)),
        (
            *value.industries,
            *(
                replace(one, sector=sector[one.sector])
                for one in listed.industries
                if one.code not in industries and _name(one.label) not in named
            ),
        ),
    )


def _name(label: str) -> str:
    return label.strip().casefold()


@cache
def nace() -> Industries:
    text = files("kith.contacts.settings").joinpath("nace_rev2.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return Industries(
        tuple(Sector(row["code"], row["label"]) for row in rows if not row["section"]),
        tuple(Industry(row["code"], row["label"], row["section"]) for row in rows if row["section"]),
    )
