"""Searching by what one may not read: contacts that would be told by it are not found by it.

What is masked finds nobody; identity numbers find by a whole one, read aloud by whom it belongs to, never by
its beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, cast

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from kith.contacts.life_cycle import LifeCycle
from kith.contacts.rights.models import PrivacyMark
from kith.contacts.rights.rules import Shown, Sight
from kith.contacts.rights.sections import Assignment, privacy_levels
from kith.organisation.models import Ownership
from kith.sources.models import Membership, SourceSystem

_WHOLE: Final = frozenset({Shown.SHOWN, Shown.MASKED})
_PLAIN: Final = frozenset({Shown.SHOWN})
_NOBODY: Final = Q(pk__in=[])


def found_by(sight: Sight, fields: Iterable[str], *, whole_where_masked: bool = False) -> Q:
    """On a queryset of contacts: those that this sight may find by these golden fields."""
    allowed = _WHOLE if whole_where_masked else _PLAIN
    wanted = tuple(fields)
    levels = sight.levels_with(wanted, allowed=allowed)
    return Q() if not wanted or levels == sight.by_level.keys() else surely_at(levels)


def surely_at(levels: frozenset[str]) -> Q:
    """Contacts of one of these privacy levels. Where a rule cannot be told for certain, not."""
    value = privacy_levels()
    marked = PrivacyMark.objects.exclude(level__in=levels).values("record_id")
    otherwise = Q(pk__in=Membership.objects.filter(record_id__in=marked).values("contact_id"))
    earlier = Q()
    for rule in value.rules:
        if rule.level not in levels:
            otherwise |= earlier & _holds(rule, surely=False)
        earlier &= ~_holds(rule, surely=True)
    if value.default not in levels:
        otherwise |= earlier if earlier else ~_NOBODY
    return ~otherwise


def _holds(rule: Assignment, *, surely: bool) -> Q:
    condition = Q()
    if rule.kind:
        condition &= Q(kind=rule.kind)
    if rule.category:
        condition &= Q(category=rule.category, category__isnull=False)
    if rule.source:
        source = SourceSystem.objects.filter(code=rule.source).values_list("pk", flat=True).first()
        condition &= Q(source_ids__contains=[source]) if source else _NOBODY
    if rule.life_cycle:
        of = cast(Callable[[LifeCycle], Q], import_string(settings.KITH_LIFE_CYCLE))
        condition &= of(LifeCycle(rule.life_cycle))
    if rule.team is not None:
        condition &= _owned(rule.team, surely=surely)
    return condition


def _owned(team: int, *, surely: bool) -> Q:
    """The team of the primary System Ref owns the contact; where that has none, another one's."""
    owned = Ownership.objects.filter(org_group_id=team).values("record_id")
    if surely:
        return Q(primary_record_id__isnull=False, primary_record_id__in=owned)
    return Q(pk__in=Membership.objects.filter(record_id__in=owned).values("contact_id"))
