"""Two people typed into one claim at once: brought together where they do not contradict each other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.contacts.entry import Claim

_LISTS: Final = ("email_", "phone_", "address_")
"""What is numbered is one thing: the first e-mail of one person may be the second of the other."""

Parts = dict[str, Claim]


def merged(*, base: Mapping[str, str], theirs: Mapping[str, str], yours: Mapping[str, str]) -> Claim | None:
    """Field by field what somebody changed; None where both changed the same to different things."""
    before, one, other = _parts(base), _parts(theirs), _parts(yours)
    whole: Claim = {}
    for name in dict.fromkeys([*before, *one, *other]):
        was, there, here = before.get(name, {}), one.get(name, {}), other.get(name, {})
        if there != here and was not in (there, here):
            return None
        whole |= there if here == was else here
    return whole


def _parts(claim: Mapping[str, str]) -> Parts:
    found: Parts = {}
    for name, text in claim.items():
        part = next((start for start in _LISTS if name.startswith(start)), name)
        found.setdefault(part, {})[name] = text
    return found
