"""From a System Ref of the contact to its account: Update SSO ID … (K27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.sources.models import SourceRecord
from kith.sso.queries import is_configured
from kith.sso.sections import sign_on_in_force


def addresses_of(records: Sequence[SourceRecord], actor: Actor) -> Mapping[int, str]:
    """By record id. No query: the records were read with their sources."""
    if not actor.may(Permission.SSO_VIEW) or not is_configured():
        return {}
    code = sign_on_in_force().source
    return {one.pk: reverse("sso:of-record", args=(one.pk,)) for one in records if one.source.code == code}
