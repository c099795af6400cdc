"""The review queue for other systems: what is asked, answering, skipping, assigning."""

from __future__ import annotations

from typing import Final, Literal, cast

from django.db.models import QuerySet
from ninja import Query, Router

from kith.access.permissions import Permission
from kith.contacts import said
from kith.kernel.errors import Conflict
from kith.sources.queries import source_of_code
from kith.stewardship.review import actions, queue
from kith.stewardship.review.listing import Line, lines
from kith.stewardship.review.models import Answer, ReviewItem
from kith.stewardship.schemas import (
    AnswerIn,
    AssignedIn,
    ReviewAnswered,
    ReviewAsked,
    ReviewKind,
    ReviewOut,
    ReviewSide,
)
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
    behind,
    cut,
)

review: Final = Router(tags=["review"])
ItemState = Literal["open", "decided", "waiting", "gone"]


@review.get(
    "",
    summary="List the review queue",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(Listed[ReviewOut], *WITH_QUERY, *CHANGES),
)
def list_review(request: ApiRequest, asked: Query[ReviewAsked], paging: Query[Paging]) -> Listed[ReviewOut]:
    """Open questions, the most pressing first; those that were skipped after all others."""
    filters = queue.Filters(
        source_id=source_of_code(asked.source).pk if asked.source else None,
        kind=asked.kind or "",
        at_least=asked.at_least,
        at_most=asked.at_most,
    )
    rows = _from(behind(paging), queue.in_order(actor=request.auth, filters=filters))
    page = cut(list(rows[: paging.size + 1]), paging.size)
    return Listed[ReviewOut](items=[question_out(one) for one in lines(page.rows)], next=page.next)


@review.get(
    "/{item_id}",
    summary="Open a question",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewOut, *WITH_ID),
)
def open_review(request: ApiRequest, item_id: Id) -> ReviewOut:
    """To see what grouping would do, preview it as an operation."""
    (found,) = lines([queue.item_of(item_id, actor=request.auth)])
    return question_out(found)


@review.post(
    "/{item_id}/answer",
    summary="Answer a question",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewAnswered, *WITH_BODY, *WITH_ID, *CHANGES),
)
def answer_review(request: ApiRequest, item_id: Id, given: AnswerIn) -> ReviewAnswered:
    """Group the two contacts, or keep them apart. 409: somebody answered it meanwhile."""
    done = actions.answer(
        actor=request.auth, item_id=item_id, verdict=Answer(given.answer), master_id=given.master
    )
    return _answered(done.item)


@review.post(
    "/{item_id}/undo",
    summary="Take an answer back",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewAnswered, *WITH_ID, *CHANGES),
)
def undo_review(request: ApiRequest, item_id: Id) -> ReviewAnswered:
    """What it did is undone, and the question is asked again."""
    return _answered(actions.undo(actor=request.auth, item_id=item_id))


@review.post(
    "/{item_id}/skip",
    summary="Skip a question",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewAnswered, *WITH_ID, *CHANGES),
)
def skip_review(request: ApiRequest, item_id: Id) -> ReviewAnswered:
    """It comes after all others, and stands in its place again after a week."""
    actions.skip(actor=request.auth, item_id=item_id)
    return _answered(queue.item_of(item_id, actor=request.auth))


@review.put(
    "/{item_id}/assigned",
    summary="Assign a question",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewAnswered, *WITH_BODY, *WITH_ID, *CHANGES),
)
def assign_review(request: ApiRequest, item_id: Id, given: AssignedIn) -> ReviewAnswered:
    """To a user of `/cases/owners`, or to nobody."""
    return _answered(actions.assign(actor=request.auth, item_id=item_id, user_id=given.user))


def _from(after: int | None, rows: QuerySet[ReviewItem]) -> QuerySet[ReviewItem]:
    if after is None:
        return rows
    last = ReviewItem.objects.filter(pk=after).first()
    if last is None:
        raise Conflict("The queue was built anew meanwhile. Begin with its first page.")
    return rows.filter(queue.behind(last))


def question_out(line: Line) -> ReviewOut:
    one = line.item
    return ReviewOut(
        id=one.pk,
        kind=cast(ReviewKind, one.kind),
        contact_kind=said.kind(one.contact_kind),
        state=_state(one),
        left=ReviewSide(group_id=one.left_contact_id, record_id=one.left_record_id, name=line.left),
        right=ReviewSide(group_id=one.right_contact_id, record_id=one.right_record_id, name=line.right),
        weight=one.weight,
        probability=one.probability,
        words=line.words,
        sources=[source.code for source in line.sources],
        assigned_to=one.assigned_to_id,
        skipped_at=one.skipped_at,
        answer=cast(Literal["group", "apart", ""], one.answer),
        operation_id=one.operation_id,
        request_id=one.request_id,
    )


def _answered(item: ReviewItem) -> ReviewAnswered:
    return ReviewAnswered(
        id=item.pk, state=_state(item), operation_id=item.operation_id, request_id=item.request_id
    )


def _state(item: ReviewItem) -> ItemState:
    return cast(ItemState, item.state)
