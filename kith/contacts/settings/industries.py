"""C8: sectors of the economy, and the industries in each. For companies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.contacts.settings.codes import by_code, problems_of
from kith.contacts.settings.in_use import removed_but_in_use
from kith.settings.in_force import in_force
from kith.settings.sections import Section

_KEY: Final = "industries"


@dataclass(frozen=True, slots=True)
class Sector:
    code: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Industry:
    code: str
    label: str
    sector: str
    """Code."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Industries:
    sectors: tuple[Sector, ...] = ()
    industries: tuple[Industry, ...] = ()

    def of(self, code: str) -> Industry | None:
        return by_code(self.industries).get(code)

    def sector_of(self, code: str) -> Sector | None:
        """Of an industry."""
        industry = self.of(code)
        return by_code(self.sectors).get(industry.sector) if industry else None

    def words(self, code: str) -> str:
        """`Food & beverage › Restaurants`."""
        industry, sector = self.of(code), self.sector_of(code)
        parts = [one.label for one in (sector, industry) if one is not None]
        return " › ".join(parts) or code

    def choices(self, *, present: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
        """For a form: active industries by sector, and the `present` one."""
        found = []
        for sector in self.sectors:
            rows = [
                (one.code, one.label)
                for one in self.industries
                if one.sector == sector.code and (one.code == present or (one.active and sector.active))
            ]
            if rows:
                found.append((sector.label, rows))
        return found


def _problems(value: Industries) -> tuple[str, ...]:
    sectors = by_code(value.sectors)
    reasons = [
        *problems_of(value.sectors, what="sector"),
        *problems_of(value.industries, what="industry"),
    ]
    reasons += [
        f"the sector of “{one.label}” is none of the list"
        for one in value.industries
        if one.sector not in sectors
    ]
    return tuple(dict.fromkeys(reasons))


def _refuses(before: Industries, after: Industries) -> tuple[str, ...]:
    return removed_but_in_use(before.industries, after.industries, section_key=_KEY, what="industry")


INDUSTRIES: Final = Section(
    key=_KEY,
    label="Sectors and industries",
    about="What companies do: sectors of the economy, and the industries in each.",
    shape=Industries,
    shipped=Industries,
    url_name="contact-settings:industries",
    problems=_problems,
    refuses=_refuses,
)


def industries_in_force() -> Industries:
    return in_force(INDUSTRIES)
