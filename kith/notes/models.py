from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Note(models.Model):
    """Shared: whoever may edit contacts may edit it. It hangs on a System Ref."""

    record_id = models.BigIntegerField(db_index=True)
    text = models.TextField()
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    """Who wrote it first."""
    at = models.DateTimeField(db_default=Now())
    edits = models.PositiveIntegerField(default=0)
    """How often it was edited: an editor that saw another number is told so."""

    def __str__(self) -> str:
        return f"note {self.pk}"


class NoteEdit(models.Model):
    """One edit of a note, with what it said before."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="history")
    text = models.TextField()
    """Before the edit."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"edit {self.pk} of note {self.note_id}"
