"""Shadow runs and known pairs, as pages read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.grouping.models import KnownPair, WhatIf
from kith.grouping.what_if.candidate import Base, base_in_force, state_of_data
from kith.grouping.what_if.result import Result
from kith.jobs.models import Progress
from kith.kernel.errors import NotFound
from kith.sources.models import SourceRecord


def what_ifs(*, actor: Actor) -> QuerySet[WhatIf]:
    """Newest first."""
    require(actor, Permission.RULES_VIEW)
    found = WhatIf.objects.select_related("started_by", "published_by").defer("result")
    return found.order_by("-id")


def opened(what_if_id: int, *, actor: Actor) -> WhatIf:
    require(actor, Permission.RULES_VIEW)
    found = WhatIf.objects.select_related("started_by", "published_by").filter(pk=what_if_id).first()
    if found is None:
        raise NotFound("There is no such shadow run.")
    return found


def result_of(made: WhatIf) -> Result | None:
    return None if made.result is None else Result.from_json(made.result)


def progress_of(made: WhatIf) -> Progress | None:
    return Progress.objects.filter(subject_type="what_if", subject_id=made.pk).first()


def parts_of(candidate: Mapping[str, object]) -> tuple[str, ...]:
    """What is tried, in words."""
    words = {
        "rules": "matching rules",
        "person_model_id": f"model of persons {candidate.get('person_model_id')}",
        "company_model_id": f"model of companies {candidate.get('company_model_id')}",
        "guards": "guards",
        "golden": "golden record rules",
    }
    return tuple(said for name, said in words.items() if name in candidate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether the result still says what would happen."""

    base_changed: bool
    """Something else came into force since: it cannot be published any more."""
    data_changed: bool

    @property
    def is_stale(self) -> bool:
        return self.base_changed or self.data_changed


def standing_of(made: WhatIf, result: Result | None) -> Standing:
    return Standing(
        base_changed=base_in_force() != Base.from_json(made.base),
        data_changed=result is not None and state_of_data() != result.state,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPair:
    pair: KnownPair
    left: SourceRecord | None
    right: SourceRecord | None
    is_right_then: bool | None = None
    """In a shadow run; None where none is looked at."""

    @property
    def is_there(self) -> bool:
        return self.left is not None and self.right is not None

    @property
    def is_right_now(self) -> bool:
        """By the contacts as they are."""
        left = None if self.left is None else self.left.group_id
        right = None if self.right is None else self.right.group_id
        together = left is not None and left == right
        return together == (self.pair.verdict == KnownPair.Verdict.SAME)


def known_pairs(*, actor: Actor) -> QuerySet[KnownPair]:
    require(actor, Permission.RULES_VIEW)
    return KnownPair.objects.select_related("added_by").order_by("-id")


def shown_pairs(pairs: Sequence[KnownPair], *, wrong_then: frozenset[int] | None = None) -> list[ShownPair]:
    """One query, however many pairs. `wrong_then`: ids of those that a shadow run gets wrong."""
    ends = {end for pair in pairs for end in (pair.left_id, pair.right_id)}
    records = records_of(ends)
    return [
        ShownPair(
            pair=pair,
            left=records.get(pair.left_id),
            right=records.get(pair.right_id),
            is_right_then=None if wrong_then is None else pair.pk not in wrong_then,
        )
        for pair in pairs
    ]


def records_of(ids: set[int]) -> dict[int, SourceRecord]:
    """With source and GroupID."""
    if not ids:
        return {}
    return SourceRecord.objects.select_related("source", "membership").in_bulk(ids)
