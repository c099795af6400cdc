"""What would happen, or did: the answer of a preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.grouping.intents import Intent
from kith.kernel.decision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenChange:
    """One golden field of a contact that goes on; values as read."""

    field: str
    label: str
    before: str
    after: str
    lost: tuple[str, ...]
    """Values of other contacts of the operation that the golden record would not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAfter:
    group_id: int | None
    """None: a new GroupID."""
    name: str
    record_ids: tuple[int, ...]
    golden: dict[str, str]
    """By golden field, as `kith.golden.assembly.preview` reads it."""
    changes: tuple[GoldenChange, ...]
    """Against the contact with this GroupID as it stands; empty for a new one."""
    protections: tuple[str, ...]
    """What would forbid to contact it, in words; the strictest of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierDecision:
    """One that this operation would lift: who decided, when, between which System Refs."""

    operation_id: int
    verdict: str
    by: str
    at: datetime
    reason: str
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    group_id: int
    successor: int | None
    """None: the first of the new contacts."""


@dataclass(frozen=True, slots=True)
class Along:
    """`3 notes`."""

    label: str
    """In the number that fits."""
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What goes along with the System Refs that change their contact."""

    system_refs: int
    transactions: int
    along: tuple[Along, ...] = ()
    """What people and other systems added to them; what there is none of is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    intent: Intent
    allowed: Decision
    """Every reason against it at once; the rest of the outcome is empty where it is not allowed."""
    contacts: tuple[ContactAfter, ...]
    """Those there are afterwards of all concerned, the largest first; the first fifty."""
    contact_count: int
    retired: tuple[Retirement, ...]
    returns: tuple[int, ...]
    """Retired GroupIDs that become active again."""
    lifted: tuple[EarlierDecision, ...]
    warnings: tuple[str, ...]
    cannot: tuple[str, ...]
    """Of an undo: what will not come back, and why."""
    moved: Moved
    seen: str
    """Names the state of all concerned; `apply` with it conflicts when somebody changed them meanwhile."""

    @property
    def needs_confirmation(self) -> bool:
        """Decisions of people would be lifted."""
        return bool(self.lifted)
