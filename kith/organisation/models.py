from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now


class Part(models.Model):
    """What communities, teams and units have in common."""

    name = models.CharField(max_length=80)
    record_id = models.BigIntegerField(null=True, db_index=True)
    """A System Ref of the contact it names, if it names one."""

    class Meta:
        abstract = True


class Community(Part):
    """The top of the tree: a club, a country, a company of ours."""

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="community_name_once")]

    def __str__(self) -> str:
        return f"community {self.pk}"


class OrgGroup(Part):
    """A team, as people call it: “group” is what one does with contacts (X11). Teams own contacts."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="teams", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("community", Lower("name"), name="team_name_once")]

    def __str__(self) -> str:
        return f"team {self.pk}"


class Unit(Part):
    """A part of a team. Users belong to units."""

    org_group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="units", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("org_group", Lower("name"), name="unit_name_once")]

    def __str__(self) -> str:
        return f"unit {self.pk}"


class UserPlace(models.Model):
    """Where a user belongs, and which contact the user is, if that is said."""

    user = models.OneToOneField(
        "access.User", on_delete=models.CASCADE, primary_key=True, related_name="place"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="places")
    record_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(record_id__isnull=False), name="user_place_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"place of user {self.user_id}"


class Ownership(models.Model):
    """The team that owns a System Ref, and with it the contact whose primary System Ref it is."""

    record_id = models.BigIntegerField(primary_key=True)
    org_group = models.ForeignKey(OrgGroup, on_delete=models.PROTECT, related_name="owns")
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"System Ref {self.record_id} of team {self.org_group_id}"
