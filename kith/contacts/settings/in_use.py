"""Entries that some contact has cannot be removed. Rooms above know who has which: KITH_CODES_IN_USE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from kith.contacts.settings.codes import Coded, by_code, removed


def in_use(section_key: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Those of these codes that some contact has."""
    asks: Mapping[str, Callable[[Sequence[str]], Sequence[str]]] = import_string(settings.KITH_CODES_IN_USE)
    ask = asks.get(section_key)
    return tuple(ask(codes)) if codes and ask else ()


def removed_but_in_use(
    before: Sequence[Coded], after: Sequence[Coded], *, section_key: str, what: str
) -> tuple[str, ...]:
    """Reasons, one for each entry that is gone and yet in use."""
    known = by_code(before)
    return tuple(
        still_in_use(what, known[code].label) for code in in_use(section_key, removed(before, after))
    )


def still_in_use(what: str, label: str) -> str:
    return f"the {what} “{label}” is in use; make it inactive instead, then nothing is lost"
