from __future__ import annotations

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.jobs import progress
from kith.kernel import clock
from kith.kernel.errors import NotFound
from kith.sources import importing, rules
from kith.sources.models import Import, ImportedRow


@transaction.atomic
def ask_undo(*, actor: Actor, import_id: int, in_background: bool = True) -> Import:
    """Take an import of typed contacts back, or once more what stayed the last time."""
    require(actor, Permission.IMPORT_RUN)
    require(actor, Permission.CONTACT_EDIT)
    locked = Import.objects.select_for_update(of=("self",)).select_related("source")
    job = locked.filter(pk=import_id).first()
    if job is None:
        raise NotFound("There is no such import.")
    rules.may_undo(job, is_at_work=not importing.keeps_out(job.source_id)).or_raise()
    job.outcomes.filter(undone=ImportedRow.Undone.KEPT).update(undone=ImportedRow.Undone.NOT, kept_because="")
    job.undo_asked_at, job.undone_at = clock.now(), None
    job.save(update_fields=["undo_asked_at", "undone_at"])
    progress.forget_cancel(importing.UNDO_SUBJECT, job.pk)
    journal.record("ImportUndoAsked", by=actor, subject_type="import", subject_id=job.pk)
    if in_background:
        from kith.contacts.tasks import undo_import

        undo_import.defer(import_id=job.pk)
    return job
