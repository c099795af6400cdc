"""All settings as one file, out of one installation and into another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kith.kernel.decision import sentence
from kith.kernel.errors import Refused
from kith.settings.differences import Difference, differences
from kith.settings.in_force import newest_of, readable
from kith.settings.models import SettingsVersion
from kith.settings.sections import AnySection, sections

FORMAT: Final = "kith-settings-1"
MOST_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Arriving:
    section: AnySection
    value: object
    """As the file has it; None where that has not its shape."""
    changes: tuple[Difference, ...]
    """What it would change; empty: it is in force already."""
    problems: tuple[str, ...]
    """Sentences."""

    @property
    def is_new(self) -> bool:
        return bool(self.changes) and not self.problems


def written() -> str:
    """What is in force in every section, shipped values too."""
    found = sections().values()
    latest = newest_of(found)
    body = {section.key: section.to_json(readable(section, latest.get(section.key))) for section in found}
    return json.dumps({"format": FORMAT, "sections": body}, indent=1, ensure_ascii=False, sort_keys=True)


def read(text: str) -> tuple[Arriving, ...]:
    """Section by section, in the order of the list. Refused when the file as a whole cannot be used."""
    known = sections()
    given = _sections_of(text)
    stray = sorted(set(given) - set(known))
    if stray:
        raise Refused(f"This Kith has no settings called “{stray[0][:40]}”. Nothing was changed.")
    latest = newest_of(known.values())
    return tuple(
        _arriving(section, given[key], latest.get(key)) for key, section in known.items() if key in given
    )


def stand() -> str:
    """Another one as soon as any section has another version."""
    latest = newest_of(sections().values())
    told = ",".join(f"{key}:{version.pk}" for key, version in sorted(latest.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _arriving(section: AnySection, body: object, latest: SettingsVersion | None) -> Arriving:
    now = readable(section, latest)
    try:
        value = section.from_file(body)
    except Refused as refused:
        return Arriving(section, None, (), (refused.message,))
    changes = differences(section.to_json(now), section.to_json(value))
    reasons = (*section.problems(value), *section.refuses(now, value)) if changes else ()
    return Arriving(section, value, changes, tuple(sentence((reason,)) for reason in reasons))


def _sections_of(text: str) -> Mapping[str, object]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused("This is no file of settings: it is not JSON.") from None
    if (
        not isinstance(body, dict)
        or body.get("format") != FORMAT
        or not isinstance(body.get("sections"), dict)
    ):
        raise Refused(f"This is no file of settings of this Kith: it does not say “format”: “{FORMAT}”.")
    if not can_be_kept(body):
        raise Refused("This file holds characters that cannot be kept. Nothing was changed.")
    found: dict[str, object] = body["sections"]
    return found


def can_be_kept(body: object) -> bool:
    """No NUL, no half of a surrogate pair: PostgreSQL takes neither."""
    told = json.dumps(body, ensure_ascii=False)
    try:
        told.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in told
