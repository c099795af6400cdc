"""Shadow runs and known pairs for other systems."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, cast

from django.db.models import Q
from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.golden.rules import FIELD_LABELS, FIELDS
from kith.grouping.models import WhatIf
from kith.grouping.schemas import SystemRefIn
from kith.grouping.what_if import actions, queries, wanted
from kith.grouping.what_if.actions import PairSaid
from kith.grouping.what_if.result import GOLDEN_PREFIX, LABELS, Example, Known, Result
from kith.grouping.what_if.schemas import (
    ExampleOut,
    ExamplesOut,
    FoundKind,
    InForce,
    Kind,
    KnownFound,
    PairEnd,
    PairIn,
    PairOut,
    PairRemoved,
    PairsAdded,
    PairsIn,
    PartThen,
    StageDone,
    State,
    WhatIfFound,
    WhatIfIn,
    WhatIfLine,
    WhatIfOut,
    WhatIfState,
)
from kith.jobs.models import Progress
from kith.kernel.errors import NotFound
from kith.sources.models import SourceRecord
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    answers,
    falling,
)

what_ifs: Final = Router(tags=["shadow runs"])
known_pairs: Final = Router(tags=["known pairs"])
MOST_NAMED: Final = 100
_KINDS: Final = {**LABELS, **{f"{GOLDEN_PREFIX}{name}": FIELD_LABELS[name] for name in FIELDS}}


@what_ifs.get(
    "",
    summary="List shadow runs",
    auth=with_key(Permission.RULES_VIEW),
    response=answers(Listed[WhatIfLine], *WITH_QUERY),
)
def list_what_ifs(request: ApiRequest, paging: Query[Paging]) -> Listed[WhatIfLine]:
    """What was tried before it was published, or not; the newest first."""
    page = falling(queries.what_ifs(actor=request.auth), paging)
    return Listed[WhatIfLine](items=[_line(one) for one in page.rows], next=page.next)


@what_ifs.get(
    "/in-force",
    summary="What decides now",
    auth=with_key(Permission.RULES_VIEW),
    response=answers(InForce),
)
def open_what_is_in_force(request: ApiRequest) -> InForce:
    """Matching rules, models, guards and golden record rules, in the shape in which others are tried."""
    return wanted.in_force()


@what_ifs.post(
    "",
    summary="Start a shadow run",
    auth=with_key(Permission.RULES_EDIT),
    response=answers(WhatIfState, *WITH_BODY, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def start_what_if(request: ApiRequest, asked: WhatIfIn) -> Status[WhatIfState]:
    """Work out, over all System Refs, what other rules would do. Nothing of any contact is changed.

    It stands in the queue; 422 where nothing differs from what is in force.
    """
    made = actions.start_what_if(actor=request.auth, candidate=wanted.candidate_of(asked), note=asked.note)
    return Status(HTTPStatus.ACCEPTED, _state(made))


@what_ifs.get(
    "/{what_if_id}",
    summary="Open a shadow run",
    auth=with_key(Permission.RULES_VIEW),
    response=answers(WhatIfOut, *WITH_ID),
)
def open_what_if(request: ApiRequest, what_if_id: Id) -> WhatIfOut:
    """How far it is, and what it found."""
    made = queries.opened(what_if_id, actor=request.auth)
    result = queries.result_of(made)
    standing = queries.standing_of(made, result)
    progress = queries.progress_of(made) if made.state in actions.GOES_ON else None
    return WhatIfOut(
        **_line(made).model_dump(),
        began_at=made.began_at,
        error=made.error,
        progress=_stage(progress) if progress else None,
        found=_found(result) if result else None,
        base_changed=standing.base_changed,
        data_changed=standing.data_changed,
    )


@what_ifs.get(
    "/{what_if_id}/examples/{kind}",
    summary="Examples of what would change",
    auth=with_key(Permission.RULES_VIEW),
    response=answers(ExamplesOut, *WITH_ID),
)
def list_what_if_examples(request: ApiRequest, what_if_id: Id, kind: Kind) -> ExamplesOut:
    """At most 20 of each kind, as ids: no value of any contact is kept."""
    result = queries.result_of(queries.opened(what_if_id, actor=request.auth))
    if result is None or kind not in _KINDS:
        raise NotFound("There is nothing of this kind.")
    return ExamplesOut(
        kind=kind,
        label=_KINDS[kind],
        count=result.count(kind),
        examples=[_example(one) for one in result.examples.get(kind, ())],
    )


@what_ifs.post(
    "/{what_if_id}/cancel",
    summary="Cancel a shadow run",
    auth=with_key(Permission.RULES_EDIT),
    response=answers(WhatIfState, *WITH_ID, *CHANGES),
)
def cancel_what_if(request: ApiRequest, what_if_id: Id) -> WhatIfState:
    """One that waits at once; one that goes on at its next safe point, so it may still say `running`."""
    return _state(actions.cancel_what_if(actor=request.auth, what_if_id=what_if_id))


@what_ifs.post(
    "/{what_if_id}/publish",
    summary="Publish what a shadow run tried",
    auth=with_key(Permission.RULES_EDIT),
    response=answers(WhatIfState, *WITH_ID, *CHANGES),
)
def publish_what_if(request: ApiRequest, what_if_id: Id) -> WhatIfState:
    """It comes into force as it was tried, with the next run. 409: something else came into force since."""
    return _state(actions.publish_what_if(actor=request.auth, what_if_id=what_if_id))


@known_pairs.get(
    "",
    summary="List known pairs",
    auth=with_key(Permission.RULES_VIEW),
    response=answers(Listed[PairOut], *WITH_QUERY),
)
def list_known_pairs(request: ApiRequest, paging: Query[Paging]) -> Listed[PairOut]:
    """What every shadow run is held against; the newest first."""
    page = falling(queries.known_pairs(actor=request.auth), paging)
    return Listed[PairOut](items=[_pair(one) for one in queries.shown_pairs(page.rows)], next=page.next)


@known_pairs.post(
    "",
    summary="Add known pairs",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(PairsAdded, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def add_known_pairs(request: ApiRequest, given: PairsIn) -> Status[PairsAdded]:
    """Say of pairs of System Refs whether they are one. It decides nothing: shadow runs are held to it."""
    added = actions.add_known_pairs(actor=request.auth, pairs=_said(given.pairs))
    return Status(HTTPStatus.CREATED, PairsAdded(added=added))


@known_pairs.post(
    "/from-decisions",
    summary="Take over what people decided",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(PairsAdded, *CHANGES),
)
def know_what_was_decided(request: ApiRequest) -> PairsAdded:
    """The newest decisions in force, at most 1,000 of those that are no known pairs yet."""
    return PairsAdded(added=actions.know_what_was_decided(actor=request.auth))


@known_pairs.delete(
    "/{pair_id}",
    summary="Remove a known pair",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(PairRemoved, *WITH_ID, *CHANGES),
)
def remove_known_pair(request: ApiRequest, pair_id: Id) -> PairRemoved:
    actions.remove_known_pair(actor=request.auth, pair_id=pair_id)
    return PairRemoved(id=pair_id)


def _line(made: WhatIf) -> WhatIfLine:
    return WhatIfLine(
        id=made.pk,
        state=cast(State, made.state),
        tries=list(queries.parts_of(made.candidate)),
        note=made.note,
        asked_at=made.asked_at,
        finished_at=made.finished_at,
        published_at=made.published_at,
    )


def _state(made: WhatIf) -> WhatIfState:
    return WhatIfState(id=made.pk, state=cast(State, made.state), published_at=made.published_at)


def _stage(progress: Progress) -> StageDone:
    return StageDone(done=progress.done, total=progress.total, words=progress.note)


def _found(result: Result) -> WhatIfFound:
    kinds = [
        FoundKind(
            kind=kind, label=label, count=result.count(kind), examples=len(result.examples.get(kind, ()))
        )
        for kind, label in _KINDS.items()
    ]
    counts = result.to_json()["counts"]
    return WhatIfFound(
        counts=cast("dict[str, int]", counts),
        kinds=[one for one in kinds if one.count],
        held=result.held,
        milliseconds=dict(result.milliseconds),
        same=_known(result.same),
        different=_known(result.different),
        known_wrong=list(result.known_wrong[:MOST_NAMED]),
        known_changed=list(result.known_changed[:MOST_NAMED]),
    )


def _known(known: Known) -> KnownFound:
    return KnownFound(pairs=known.pairs, right_now=known.right_now, right_then=known.right_then)


def _example(one: Example) -> ExampleOut:
    return ExampleOut(
        group_ids=list(one.contacts),
        parts=[PartThen(group_id=part.group_id, record_ids=list(part.records)) for part in one.parts],
        pair=list(one.pair or ()),
    )


def _pair(shown: queries.ShownPair) -> PairOut:
    pair = shown.pair
    return PairOut(
        id=pair.pk,
        left=_end(shown.left),
        right=_end(shown.right),
        verdict="same" if pair.verdict == pair.Verdict.SAME else "different",
        note=pair.note,
        added_at=pair.added_at,
        is_right_now=shown.is_right_now,
    )


def _end(record: SourceRecord | None) -> PairEnd | None:
    if record is None:
        return None
    return PairEnd(
        source=record.source.code,
        system_ref=record.system_ref,
        record_id=record.pk,
        group_id=record.group_id,
    )


def _said(pairs: Sequence[PairIn]) -> list[PairSaid]:
    """Raises NotFound where a System Ref is not there; two queries."""
    ends = [end for pair in pairs for end in (pair.left, pair.right)]
    by_name = _by_name([end for end in ends if isinstance(end, SystemRefIn)])
    ids = {end for end in ends if isinstance(end, int)}
    there = {*SourceRecord.objects.filter(pk__in=ids).values_list("pk", flat=True), *by_name.values()}
    said = []
    for number, one in enumerate(pairs, start=1):
        left, right = (
            by_name.get((end.source, end.system_ref)) if isinstance(end, SystemRefIn) else end
            for end in (one.left, one.right)
        )
        if left is None or right is None or {left, right} - there:
            raise NotFound(f"Pair {number}: there is no such System Ref.")
        said.append(PairSaid(left_id=left, right_id=right, same=one.verdict == "same", note=one.note))
    return said


def _by_name(named: Sequence[SystemRefIn]) -> dict[tuple[str, str], int]:
    wanted_names = {(one.source, one.system_ref) for one in named}
    if not wanted_names:
        return {}
    condition = Q()
    for code in {source for source, _ in wanted_names}:
        refs = [ref for source, ref in wanted_names if source == code]
        condition |= Q(source__code=code, system_ref__in=refs)
    rows = SourceRecord.objects.filter(condition).values_list("source__code", "system_ref", "pk")
    return {(code, ref): pk for code, ref, pk in rows}
