"""What a contact is held to when somebody saves it: looked at after the change, in its transaction, as it
would stand. So every way of typing (a form, an edit of a golden value, the API) is held to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.module_loading import import_string

from kith.contacts.checks import unique
from kith.contacts.checks.identity import Identity, identity_of
from kith.contacts.models import Contact
from kith.contacts.settings.relation_types import relation_types_in_force
from kith.contacts.settings.supported_types import LISTS, ONE, ROWS, SupportedTypes, types_in_force
from kith.contacts.settings.uniqueness import Uniqueness, uniqueness_in_force
from kith.kernel.errors import Refused


def hold_new(contact_id: int, *, allowed: frozenset[int] = frozenset()) -> None:
    """One that was just typed in. `allowed`: GroupIDs it may clash with, for it will be grouped with them."""
    _refuse_lacking(_lacking(types_in_force(), contact_id))
    _hold_unique(contact_id, before=None, allowed=allowed)


def hold_edited(contact_id: int, *, before: Identity | None, allowed: frozenset[int] = frozenset()) -> None:
    """One whose typed details were saved as a whole: what is mandatory must be there. Relations too, which
    nobody can have before it is there itself.
    """
    _refuse_lacking([*_lacking(types_in_force(), contact_id), *_lacking_relations(contact_id)])
    _hold_unique(contact_id, before=before, allowed=allowed)


def _hold_unique(contact_id: int, *, before: Identity | None, allowed: frozenset[int]) -> None:
    rule = uniqueness_in_force()
    after = _compared(rule, contact_id)
    if after is None:
        return
    incomplete = unique.missing(rule, after)
    if incomplete is not None:
        raise incomplete
    _refuse_clashes(rule, after, before=before, allowed=allowed)


@contextmanager
def held(contact_id: int) -> Iterator[None]:
    """Around the edit of one golden value: it must not make worse what the contact is held to."""
    types, rule = types_in_force(), uniqueness_in_force()
    lacked = _lacking(types, contact_id)
    before = _compared(rule, contact_id)
    yield
    _refuse_lacking([one for one in _lacking(types, contact_id) if one not in lacked])
    after = _compared(rule, contact_id)
    if after is None or before is None:
        return
    if unique.is_complete(rule, before) and (incomplete := unique.missing(rule, after)) is not None:
        raise incomplete
    _refuse_clashes(rule, after, before=before)


def holds_anything() -> bool:
    types, rule = types_in_force(), uniqueness_in_force()
    return bool(rule.persons or rule.companies) or any(types.missing(field, ()) for field in LISTS)


def seen_before(contact_id: int) -> Identity | None:
    """For `hold_edited`; None where there is no rule."""
    return _compared(uniqueness_in_force(), contact_id)


def _compared(rule: Uniqueness, contact_id: int) -> Identity | None:
    if not rule.persons and not rule.companies:
        return None
    return identity_of(contact_id)


def _refuse_clashes(
    rule: Uniqueness, after: Identity, *, before: Identity | None, allowed: frozenset[int] = frozenset()
) -> None:
    unique.lock()
    found = unique.clashes(rule, after, before=before, allowed=allowed)
    if found:
        raise unique.NotUnique(found)


def _lacking(types: SupportedTypes, contact_id: int) -> list[str]:
    """Sentences; a query for each list that has a mandatory type."""
    said = []
    for field in LISTS:
        if not types.missing(field, ()):
            continue
        rows = ROWS[field].objects.filter(contact=contact_id)
        for one in types.missing(field, list(rows.values_list("type", flat=True))):
            said.append(f"“{one.label}” is mandatory: give {_article(ONE[field])} of this type.")
    return said


def _lacking_relations(contact_id: int) -> list[str]:
    """Sentences; no query where no relation is mandatory."""
    types = relation_types_in_force()
    if not any(one.mandatory for one in types.types):
        return []
    kind = Contact.objects.values_list("kind", flat=True).get(pk=contact_id)
    related_as: Callable[[int], frozenset[str]] = import_string(settings.KITH_RELATED_AS)
    there = related_as(contact_id)
    return [
        f"“{one.label}” is mandatory: add a relation of this type."
        for one in types.offered(kind=kind)
        if one.mandatory and one.code not in there
    ]


def _article(word: str) -> str:
    return f"an {word}" if word[0] in "ae" else f"a {word}"


def _refuse_lacking(said: list[str]) -> None:
    if said:
        raise Refused(" ".join(said))
