from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import exporting, journal
from kith.audit.chain import sealing
from kith.audit.exporting import FileKind
from kith.audit.models import Entry
from kith.audit.queries import JournalSearch

_AT_ONCE = 2_000


def export(*, actor: Actor, search: JournalSearch, kind: FileKind) -> Iterator[bytes]:
    """The file, a block at a time; who took it, and how much, is in the journal before the first block."""
    require(actor, Permission.AUDIT_VIEW)
    sealing.seal_waiting()
    head = sealing.head()
    rows = search.rows(actor=actor)
    newest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    asked = rows.filter(pk__lte=newest)
    with transaction.atomic():
        journal.record(
            "JournalExported",
            by=actor,
            subject_type="journal",
            group_id=search.group_id,
            detail={"kind": kind.value, "entries": asked.count(), "filters": _named(search)},
        )
    return exporting.blocks_of(kind, asked.iterator(chunk_size=_AT_ONCE), head=head)


def _named(search: JournalSearch) -> list[str]:
    """The filters that were set, without what was set."""
    return [each.name for each in fields(search) if getattr(search, each.name) not in {None, "", False}]
