from __future__ import annotations

from collections.abc import Sequence

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.privacy.information.models import InformationLink


def links_of(contact_id: int, *, actor: Actor) -> Sequence[InformationLink]:
    """The newest twenty to reports of this contact."""
    require(actor, Permission.CONTACT_REPORT)
    return list(InformationLink.objects.filter(contact_id=contact_id).order_by("-pk")[:20])
