"""Privacy levels, what each role sees at each, and which contact has which. A section of the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kith.access.roles import ROLES, RoleName
from kith.contacts.rights.masks import Mask
from kith.contacts.rights.rules import IDENTITY, MASKS, Shown
from kith.contacts.settings.codes import Coded, problems_of, removed
from kith.matching.records import CUSTOM_PREFIX
from kith.settings.in_force import in_force
from kith.settings.sections import Section

STANDARD: Final = "STANDARD"
RESTRICTED: Final = "RESTRICTED"
_REACH: Final = ("emails", "phones", "addresses", "birth_date")
MOST_MINUTES: Final = 240
MOST_REVEALS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    code: str
    label: str
    is_active: bool = True
    """An inactive one is not offered any more; whoever has it keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What one role sees at one level. A field that stands nowhere is as Kith came with it."""

    role: str
    level: str
    shown: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def cells(self) -> Mapping[str, Shown]:
        said = {
            **dict.fromkeys(self.shown, Shown.SHOWN),
            **dict.fromkeys(self.masked, Shown.MASKED),
            **dict.fromkeys(self.hidden, Shown.HIDDEN),
        }
        return {**{field: _as_shipped(field) for field in MASKS}, **said}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """All that it says must hold of a contact; '' says nothing."""

    level: str
    kind: str = ""
    category: str = ""
    life_cycle: str = ""
    source: str = ""
    """Code of a source that at least one of its System Refs comes from."""
    team: int | None = None
    """Owning team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyLevels:
    levels: tuple[Level, ...]
    """From the mildest to the strictest."""
    rights: tuple[Rights, ...]
    rules: tuple[Assignment, ...] = ()
    """The first that holds."""
    default: str = STANDARD
    birth_date_shows: Mask = Mask.DAY
    reveal_minutes: int = 15
    most_reveals: int = 30
    """Of one user in `reveal_minutes`."""

    def strictness(self, code: str) -> int:
        """One that the list does not know is stricter than all."""
        codes = [level.code for level in self.levels]
        return codes.index(code) if code in codes else len(codes)

    def strictest(self, codes: Iterable[str]) -> str:
        return max(codes, key=self.strictness)

    def label(self, code: str) -> str:
        return next((level.label for level in self.levels if level.code == code), code)


def _as_shipped(field: str) -> Shown:
    return Shown.MASKED if field in IDENTITY else Shown.SHOWN


def _shipped_rights(role: RoleName, level: str) -> Rights:
    masked, hidden = set(IDENTITY), set[str]()
    if level == RESTRICTED and role in {RoleName.VIEWER, RoleName.AGENT}:
        masked |= {*_REACH, "custom"}
    if level == RESTRICTED and role is RoleName.VIEWER:
        hidden, masked = set(IDENTITY), masked - set(IDENTITY)
    return rights_of(
        role,
        level,
        {
            field: Shown.HIDDEN if field in hidden else Shown.MASKED if field in masked else Shown.SHOWN
            for field in MASKS
        },
    )


def rights_of(role: str, level: str, cells: Mapping[str, Shown]) -> Rights:
    def those(wanted: Shown) -> tuple[str, ...]:
        return tuple(field for field, shown in cells.items() if shown is wanted)

    return Rights(
        role=str(role),
        level=level,
        shown=those(Shown.SHOWN),
        masked=those(Shown.MASKED),
        hidden=those(Shown.HIDDEN),
    )


def shipped() -> PrivacyLevels:
    levels = (Level(code=STANDARD, label="Standard"), Level(code=RESTRICTED, label="Restricted"))
    return PrivacyLevels(
        levels=levels,
        rights=tuple(_shipped_rights(role, level.code) for level in levels for role in ROLES),
    )


def problems(value: PrivacyLevels) -> tuple[str, ...]:
    coded: tuple[Coded, ...] = value.levels
    codes = {level.code for level in value.levels}
    found = problems_of(coded, what="privacy level")
    if value.default not in {level.code for level in value.levels if level.is_active}:
        found.append("the level of everybody else must be an active one of the list")
    for rule in value.rules:
        if rule.level not in codes:
            found.append(f"an assignment rule leads to {rule.level or 'no level'}, which is none of the list")
        if not (rule.kind or rule.category or rule.life_cycle or rule.source or rule.team):
            found.append("an assignment rule says nothing; choose the default level instead")
    found += _unknown(value, codes)
    if not 1 <= value.reveal_minutes <= MOST_MINUTES:
        found.append(f"a revealed value is shown for 1 to {MOST_MINUTES} minutes")
    if not 1 <= value.most_reveals <= MOST_REVEALS:
        found.append(f"one may reveal 1 to {MOST_REVEALS} values in that time")
    if value.birth_date_shows not in {Mask.DAY, Mask.YEAR}:
        found.append("a masked date of birth shows its day or its year")
    return tuple(dict.fromkeys(found))


def _unknown(value: PrivacyLevels, codes: set[str]) -> list[str]:
    found, pairs = [], [(one.role, one.level) for one in value.rights]
    if len(set(pairs)) < len(pairs):
        found.append("what one role sees at one level stands twice")
    for one in value.rights:
        if one.role not in set(RoleName) or one.level not in codes:
            found.append(f"rights of {one.role} at {one.level}: there is no such role or level")
        fields = (*one.shown, *one.masked, *one.hidden)
        unknown = [name for name in fields if name not in MASKS and not name.startswith(CUSTOM_PREFIX)]
        found += [f"“{name}” is no field that can be masked" for name in unknown]
        if len(set(fields)) < len(fields):
            found.append(f"rights of {one.role} at {one.level}: a field stands twice")
    missing = sorted(
        {level.label for level in value.levels for role in ROLES if (role, level.code) not in set(pairs)}
    )
    found += [f"{label}: say what each role sees" for label in missing]
    return found


def refuses(before: PrivacyLevels, after: PrivacyLevels) -> tuple[str, ...]:
    """A level may have been set by hand anywhere, and an old journal names it."""
    gone = removed(before.levels, after.levels)
    return tuple(f"{before.label(code)} cannot be removed; make it inactive instead" for code in gone)


PRIVACY_LEVELS: Final = Section(
    key="privacy_levels",
    label="Privacy levels",
    about="Which fields of a contact each role sees, and which contact has which level.",
    shape=PrivacyLevels,
    shipped=shipped,
    url_name="contact-settings:privacy-levels",
    problems=problems,
    refuses=refuses,
)


def privacy_levels() -> PrivacyLevels:
    return in_force(PRIVACY_LEVELS)
