"""Which System Refs are accounts of the identity provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.sources.models import SourceRecord
from kith.sso.sections import sign_on_in_force


@dataclass(frozen=True, slots=True)
class LinkedRef:
    record_id: int
    sso_id: str
    group_id: int | None
    """None until grouping places it."""


def linked_refs(record_ids: Sequence[int]) -> list[LinkedRef]:
    """Those of them that are accounts of the identity provider, ascending. One query."""
    code = sign_on_in_force().source
    if not code:
        return []
    rows = SourceRecord.objects.filter(pk__in=record_ids, source__code=code, erased_at=None).order_by("pk")
    return [LinkedRef(*row) for row in rows.values_list("pk", "system_ref", "membership__contact_id")]


def ref_of(sso_id: str) -> LinkedRef | None:
    code = sign_on_in_force().source
    if not code:
        return None
    rows = SourceRecord.objects.filter(source__code=code, system_ref=sso_id, erased_at=None)
    row = rows.values_list("pk", "system_ref", "membership__contact_id").first()
    return LinkedRef(*row) if row else None
