from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.privacy.holds.models import LegalHold
from kith.sources.models import Membership, SourceRecord


def in_force(record_ids: Sequence[int]) -> QuerySet[LegalHold]:
    """Oldest first."""
    return LegalHold.objects.filter(record_ids__overlap=list(record_ids), lifted_at=None).order_by("pk")


def of_contact(contact_id: int, *, actor: Actor) -> QuerySet[LegalHold]:
    """In force and lifted ones, newest first."""
    require(actor, Permission.PRIVACY_VIEW)
    records = SourceRecord.objects.of_contact(contact_id).values_list("pk", flat=True)
    found = LegalHold.objects.filter(record_ids__overlap=list(records))
    return found.select_related("user", "lifted_by").order_by("-pk")


def holds(*, actor: Actor, show_all: bool = False) -> QuerySet[LegalHold]:
    """Newest first; `now_in`: the GroupID that has them today, if any; `is_active`: its page is there."""
    require(actor, Permission.PRIVACY_VIEW)
    members = Membership.objects.filter(record_id=OuterRef("record_ids__0"))
    found = LegalHold.objects.annotate(
        now_in=Subquery(members.values("contact_id")[:1]),
        is_active=Exists(members.filter(contact__state=Contact.State.ACTIVE)),
    ).order_by("-pk")
    return found if show_all else found.filter(lifted_at=None)
