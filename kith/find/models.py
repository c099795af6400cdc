from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now


class StoredSearch(models.Model):
    """What somebody asked for, sealed: addresses and jobs carry its token only. With a name it is a saved
    view; without one it is forgotten after some weeks.
    """

    token = models.CharField(primary_key=True, max_length=22)
    """Random: whoever has it, and may see contacts, may open the search."""
    owner = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80, default="", blank=True)
    is_shared = models.BooleanField(default=False)
    """Of a saved view: everybody who may see contacts finds it; else its owner only."""
    body = models.BinaryField()
    """Sealed JSON of a `Search`."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "owner", Lower("name"), condition=~Q(name=""), name="saved_view_name_once_per_owner"
            ),
            models.CheckConstraint(
                condition=~Q(name="") | Q(is_shared=False), name="stored_search_shared_has_a_name"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="stored_search_by_age", condition=Q(name="")),
            models.Index(fields=["is_shared"], name="saved_view_shared", condition=Q(is_shared=True)),
        ]

    def __str__(self) -> str:
        return f"search of {self.created_at:%d %b %Y}"
