"""A section of the settings: one typed value, saved whole, with its history.

Rooms declare theirs; `kith.config.settings_sections` puts them in order (KITH_SETTINGS_SECTIONS).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar, cast

from django.conf import settings
from django.utils.module_loading import import_string
from pydantic import TypeAdapter, ValidationError

from kith.kernel.errors import NotFound, Refused

Value = TypeVar("Value")
Json = dict[str, object]


def _nothing_wrong(_value: object) -> tuple[str, ...]:
    return ()


def _nothing_more(_before: object, _after: object) -> None:
    return None


def _never_refused(_before: object, _after: object) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Generic[Value]):
    """`shape` is a frozen dataclass of plain types, enums and other such dataclasses."""

    key: str
    """In the database and in exported files; never changes."""
    label: str
    about: str
    """A sentence for the list of settings."""
    shape: type[Value]
    shipped: Callable[[], Value]
    url_name: str
    """Of its editor."""
    problems: Callable[[Value], tuple[str, ...]] = _nothing_wrong
    """Reasons (as `Decision` has them); reads nothing."""
    refuses: Callable[[Value, Value], tuple[str, ...]] = _never_refused
    """Why the first may not become the second now; may read the database."""
    reacts: Callable[[Value, Value], None] = _nothing_more
    """What else changes with it; runs in the transaction that saves."""

    def from_json(self, body: object) -> Value:
        """What an older or newer Kith knew besides is passed over. Refused with the place of what has not
        its shape."""
        return self._read(body, extra="ignore")

    def from_file(self, body: object) -> Value:
        """As `from_json`, but Refused where it says something that this Kith does not know."""
        return self._read(body, extra="forbid")

    def to_json(self, value: Value) -> Json:
        body: Json = self._adapter().dump_python(value, mode="json")
        return body

    def _read(self, body: object, *, extra: Literal["ignore", "forbid"]) -> Value:
        try:
            return self._adapter().validate_python(body, extra=extra)
        except ValidationError as error:
            raise Refused(f"{self.label}: {_in_words(error)}.") from None

    def _adapter(self) -> TypeAdapter[Value]:
        made = _ADAPTERS.get(self.shape)
        if made is None:
            made = _ADAPTERS[self.shape] = TypeAdapter(self.shape)
        return cast("TypeAdapter[Value]", made)


_ADAPTERS: Final[dict[type[object], object]] = {}
"""By shape: making one takes longer than using it."""


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "unexpected_keyword_argument":
        return f"this Kith knows no “{place[:80]}”"
    return f"{place or 'the whole'}: {first['msg'][:1].lower()}{first['msg'][1:]}"


AnySection = Section[object]
_NO_SECTION: Final = "There are no such settings."


def sections() -> Mapping[str, AnySection]:
    """By key, in the order of the list."""
    declared: tuple[object, ...] = import_string(settings.KITH_SETTINGS_SECTIONS)
    found: dict[str, AnySection] = {}
    for section in declared:
        assert isinstance(section, Section)
        assert section.key not in found
        found[section.key] = section
    return found


def section_of(key: str) -> AnySection:
    section = sections().get(key)
    if section is None:
        raise NotFound(_NO_SECTION)
    return section
