"""C1: the shape in which names show everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db import connection

from kith.settings.in_force import in_force
from kith.settings.sections import Section


class NameOrder(StrEnum):
    FIRST_LAST = "first_last"
    LAST_FIRST = "last_first"
    FIRST_MIDDLE_LAST = "first_middle_last"
    LAST_FIRST_MIDDLE = "last_first_middle"
    LAST_COMMA_FIRST = "last_comma_first"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: Final[Mapping[NameOrder, str]] = {
    NameOrder.FIRST_LAST: "First Last",
    NameOrder.LAST_FIRST: "Last First",
    NameOrder.FIRST_MIDDLE_LAST: "First Middle Last",
    NameOrder.LAST_FIRST_MIDDLE: "Last First Middle",
    NameOrder.LAST_COMMA_FIRST: "Last, First",
}
_FIRST, _MIDDLE, _LAST = "first_name", "middle_name", "last_name"
_SHAPES: Final[Mapping[NameOrder, tuple[str, tuple[str, ...]]]] = {
    NameOrder.FIRST_LAST: (" ", (_FIRST, _LAST)),
    NameOrder.LAST_FIRST: (" ", (_LAST, _FIRST)),
    NameOrder.FIRST_MIDDLE_LAST: (" ", (_FIRST, _MIDDLE, _LAST)),
    NameOrder.LAST_FIRST_MIDDLE: (" ", (_LAST, _FIRST, _MIDDLE)),
    NameOrder.LAST_COMMA_FIRST: (", ", (_LAST, _FIRST)),
}


@dataclass(frozen=True, slots=True)
class NameDisplay:
    persons: NameOrder = NameOrder.FIRST_MIDDLE_LAST
    """Companies show their company name."""

    def shown(self, first: str | None, middle: str | None, last: str | None) -> str:
        """'' where there is no name at all."""
        parts = {_FIRST: first, _MIDDLE: middle, _LAST: last}
        between, names = _SHAPES[self.persons]
        return between.join(part for name in names if (part := parts[name])) or middle or ""

    @property
    def sql(self) -> str:
        """The same over columns first_name, middle_name, last_name; null where there is no name. For
        PostgreSQL and DuckDB alike.
        """
        between, names = _SHAPES[self.persons]
        return f"coalesce(nullif(concat_ws('{between}', {', '.join(names)}), ''), {_MIDDLE})"


def _reacts(before: NameDisplay, after: NameDisplay) -> None:
    from kith.contacts.tasks import rename_all  # the task imports what reads these settings

    if before != after:
        rename_all.defer()


NAME_DISPLAY: Final = Section(
    key="name_display",
    label="How names read",
    about="In which order the first, middle and last name of a person show everywhere.",
    shape=NameDisplay,
    shipped=NameDisplay,
    url_name="contact-settings:names",
    reacts=_reacts,
)

_WRITES_NAMES: Final = 5_287_414_912


def name_display() -> NameDisplay:
    return in_force(NAME_DISPLAY)


def name_display_to_write() -> NameDisplay:
    """For whoever writes names by it: `wait_for_writers` waits until their transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_WRITES_NAMES])
    return in_force(NAME_DISPLAY)


def wait_for_writers() -> None:
    """Once this returns, nobody writes names any more by a rule that was in force before it was called."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITES_NAMES])
