"""What one can ask of contacts (C25). Each room declares its criteria, `kith.config.search_criteria` orders
them; the search page, saved views, exports and bulk changes all ask by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q

from kith.contacts.rights.rules import Shown, Sight


class Shape(StrEnum):
    """How a value is given."""

    TEXT = "text"
    CHOICE = "choice"
    """One or several codes of a list; any of them."""
    DAYS = "days"
    """From a day, to a day, or both; both included."""
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    text: str = ""
    codes: tuple[str, ...] = ()
    """Sorted; `yes` or `no` of a `YES_NO`."""
    first: date | None = None
    last: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.codes or self.first or self.last)

    @property
    def is_yes(self) -> bool:
        return self.codes == ("yes",)


Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchCriterion:
    key: str
    """In addresses, saved views and the API: never changes."""
    label: str
    heading: str
    """Under which the page shows it."""
    shape: Shape
    condition: Callable[[Value, Sight], Q | None]
    """Of `Contact`; None where nobody can be it: a birth date that is no date, say."""
    fields: tuple[str, ...] = ()
    """Golden fields it finds by: whoever does not see all of them may not ask by it."""
    whole_where_masked: bool = False
    """Whoever sees them masked may ask too, but only by a whole value: who reads a passport's number aloud
    may be found by it, while nobody learns it sign by sign."""
    is_personal: bool = False
    """What is asked for may tell who somebody is: it never stands in an address."""
    choices: Callable[[], Choices] | None = None
    help_text: str = ""

    def may_be_asked(self, sight: Sight) -> bool:
        allowed = {Shown.SHOWN, Shown.MASKED} if self.whole_where_masked else {Shown.SHOWN}
        mild = sight.mildest()
        return all(mild.shows(field) in allowed for field in self.fields)


Criteria = Callable[[], Sequence[SearchCriterion]]
"""A room's declaration; called for each search, for settings and sources come and go."""
