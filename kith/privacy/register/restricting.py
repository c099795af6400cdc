"""Whose processing is restricted is neither anonymised nor deleted: the person may need what is stored
(Art. 18 of the GDPR). Unless that person asks to be forgotten.
"""

from __future__ import annotations

from django.urls import reverse

from kith.contacts.may.asking import facts_of, restricted_among
from kith.contacts.queries import end_of
from kith.kernel.erasing import Blocker
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.rows import contacts_of
from kith.privacy.register.models import Kind, PersonRequest


def is_restricted(contact_id: int | None) -> bool:
    """Of the contact that this GroupID leads to."""
    end = (end_of(contact_id) or 0) if contact_id is not None else 0
    return facts_of([end])[end].restricted_since is not None


def against_erasing(leaving: Leaving) -> tuple[Blocker, ...]:
    """None while an open request of the person, whose identity was checked, asks for erasure."""
    reasons = against_deleting(leaving)
    if not reasons or _asked_to_be_forgotten(leaving):
        return ()
    url = reverse("contacts:detail", args=(leaving.group_ids[0],)) if leaving.group_ids else ""
    return tuple(Blocker(code="restricted", sentence=one, url=url) for one in reasons)


def against_deleting(leaving: Leaving) -> tuple[str, ...]:
    return tuple(sorted(set(restricted_among(leaving.record_ids).values())))


def _asked_to_be_forgotten(leaving: Leaving) -> bool:
    return PersonRequest.objects.filter(
        kind=Kind.ERASURE,
        state__in=PersonRequest.OPEN,
        identity_at__isnull=False,
        contact_id__in=contacts_of(leaving),
    ).exists()
