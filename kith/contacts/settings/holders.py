"""Which codes of the settings some golden record has."""

from __future__ import annotations

from collections.abc import Sequence

from kith.contacts.models import Contact


def categories_in_use(codes: Sequence[str]) -> tuple[str, ...]:
    held = Contact.objects.filter(category__in=codes).values_list("category", flat=True)
    return tuple(code for code in held.distinct() if code)


def industries_in_use(codes: Sequence[str]) -> tuple[str, ...]:
    held = Contact.objects.filter(industry__in=codes).values_list("industry", flat=True)
    return tuple(code for code in held.distinct() if code)
