"""Errors whose sentence the user may read.

DomainError
├── NotAllowed      the actor lacks a permission
├── NotFound        nothing there that this actor may see
├── Refused         a rule says no; carries every reason
└── Conflict        somebody else changed it meanwhile
"""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """Base of everything a user may be told. Never holds personal data."""

    status = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        """Sentence per form field, where the trouble has a place."""


class NotAllowed(DomainError):
    status = 403


class NotFound(DomainError):
    status = 404


class Refused(DomainError):
    status = 422


class Conflict(DomainError):
    status = 409
