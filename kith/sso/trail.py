"""What was done with accounts of the identity provider; of one that no contact has, who and when only."""

from __future__ import annotations

from django.db import transaction

from kith.access.actors import Actor
from kith.audit import journal
from kith.audit.models import Entry
from kith.sso.refs import LinkedRef


@transaction.atomic
def written(
    event: str, *, by: Actor, ref: LinkedRef | None = None, detail: journal.Detail | None = None
) -> Entry:
    return journal.record(
        event,
        by=by,
        subject_type="sso_account",
        subject_id=ref.record_id if ref else None,
        group_id=ref.group_id if ref else None,
        detail=detail,
    )
