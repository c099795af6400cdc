"""How every room asks for a person to look, whatever keeps the cases (`KITH_OPEN_CASE`,
`KITH_SETTLE_CASES`)."""

from __future__ import annotations

from typing import Final, Literal, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

LONGEST_TITLE: Final = 200

Kind = Literal["backup", "contradiction", "erasure", "failed_request", "journal", "person_request", "sign_on"]


class OpensCase(Protocol):
    def __call__(
        self, *, kind: str, title: str, contact_id: int | None = None, run_id: int | None = None
    ) -> object: ...


def open_case(*, kind: Kind, title: str, contact_id: int | None = None, run_id: int | None = None) -> None:
    """One while it is unresolved. `title`: GroupIDs and what happened, never values of a person; the first
    200 signs stay."""
    opens: OpensCase = import_string(settings.KITH_OPEN_CASE)
    opens(kind=kind, title=title[:LONGEST_TITLE], contact_id=contact_id, run_id=run_id)


class SettlesCases(Protocol):
    def __call__(self, *, kind: str) -> object: ...


def settle_cases(*, kind: Kind) -> None:
    """What they asked for went away by itself. One that somebody works on stays theirs."""
    settles: SettlesCases = import_string(settings.KITH_SETTLE_CASES)
    settles(kind=kind)
