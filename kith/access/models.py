from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from kith.access.actors import Actor
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
        return Actor(self.name, permissions_of(self.roles) if self.is_active else frozenset(), self.pk)

    @property
    def role_labels(self) -> str:
        return ", ".join(ROLES[RoleName(name)].label for name in self.roles if name in set(RoleName))
