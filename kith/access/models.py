from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.access.roles import ROLES, RoleName, permissions_of


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, name: str = "", roles: list[str] | None = None
    ) -> User:
        user = self.model(
            email=email.strip().lower(), name=name or email.partition("@")[0], roles=roles or []
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, *, name: str = "") -> User:
        return self.create_user(email, password, name=name, roles=[RoleName.ADMINISTRATOR])

    def who_may(self, permission: Permission) -> models.QuerySet[User]:
        """Users who may sign in, with a role that allows it."""
        roles = [role.name for role in ROLES.values() if permission in role.permissions]
        return self.filter(is_active=True, roles__overlap=roles)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """Somebody who signs in. Never deleted: the journal names them; `is_active` closes the door."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    roles = ArrayField(
        models.CharField(max_length=30, choices=[(r.name, r.label) for r in ROLES.values()]), default=list
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_without_case")]

    def __str__(self) -> str:
        return self.email

    @property
    def actor(self) -> Actor:
        if not self.is_active:
            return Actor(self.name, frozenset(), self.pk)
        return Actor(self.name, permissions_of(self.roles), self.pk, tuple(self.roles))

    @property
    def role_labels(self) -> str:
        return ", ".join(ROLES[RoleName(name)].label for name in self.roles if name in set(RoleName))


class ApiKey(models.Model):
    """Lets another system in, with one role of its own, or a part of it. Never deleted: the journal names it.

    It belongs to the installation, not to whoever made it: it goes on when that user leaves.
    """

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=30, choices=[(r.name, r.label) for r in ROLES.values()])
    scopes = ArrayField(models.CharField(max_length=40), null=True)
    """Those of the role's permissions that it has; null: all of them, also ones the role gets later."""
    requests_per_minute = models.PositiveIntegerField(default=600)
    prefix = models.CharField(max_length=8, unique=True)
    """Public: names the key on screen and finds its row."""
    secret_hash = models.BinaryField()
    """SHA-256 of 32 random bytes: nothing to guess, so nothing to slow down."""
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Null when it was made from the command line."""
    last_used_at = models.DateTimeField(null=True)
    """To the minute; not written on each request."""
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(revoked_at__isnull=True), name="api_key_name_once_while_valid"
            )
        ]

    def __str__(self) -> str:
        return f"kith_{self.prefix}_…"

    @property
    def role_label(self) -> str:
        return ROLES[RoleName(self.role)].label if self.role in set(RoleName) else "none"

    @property
    def actor(self) -> Actor:
        return Actor(f"API key {self.name}", self.permissions, roles=(self.role,))

    @property
    def permissions(self) -> frozenset[Permission]:
        """Never more than the role has today, whatever the scopes say."""
        of_role = permissions_of([self.role])
        return of_role if self.scopes is None else frozenset(one for one in of_role if one in self.scopes)

    def is_valid_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or moment < self.expires_at)


class FailedKeyUse(models.Model):
    """Wrong keys from one address: for one prefix, or '' for prefixes that no key has.

    In the database, so that all processes count together and a restart forgets nothing.
    """

    prefix = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=45)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "prefix"], name="failed_key_use_once")]
        indexes = [models.Index(fields=["last_at"], name="failed_key_use_by_time")]

    def __str__(self) -> str:
        return f"failed key use {self.pk}"


class KeyUse(models.Model):
    """Requests of one key in its running minute. The table is unlogged: counting writes nothing to disk, all
    processes count together, and a crash forgets the minute.
    """

    key = models.OneToOneField(ApiKey, on_delete=models.CASCADE, primary_key=True, related_name="use")
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"use of key {self.pk}"


class KeptAnswer(models.Model):
    """What a change through the API was answered: written in the transaction of the change, so that the same
    request, sent again, is answered the same and changes nothing. Removed after a day.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=255)
    """The header `Idempotency-Key`, as the other system chose it."""
    fingerprint = models.BinaryField()
    """HMAC-SHA-256 of method, address and body: tells the same request from another one."""
    status = models.PositiveSmallIntegerField(null=True)
    """Null while the request is carried out; never seen by anybody else."""
    body = models.TextField(default="")
    """Ids and states: the shapes of these answers hold no value of a contact."""
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "name"], name="kept_answer_once")]
        indexes = [models.Index(fields=["at"], name="kept_answer_by_time")]

    def __str__(self) -> str:
        return f"kept answer {self.pk}"
