"""One answer to many like questions, for other systems: look first, answer, take back as a whole."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal, cast

from django.db import transaction
from ninja import Router, Status

from kith.access.permissions import Permission
from kith.grouping.recipe.in_force import matching_in_force
from kith.kernel.errors import Conflict
from kith.stewardship.review import actions, queue, tasks
from kith.stewardship.review.api import question_out
from kith.stewardship.review.listing import lines
from kith.stewardship.review.models import Answer, ReviewBatch, ReviewItem
from kith.stewardship.review.patterns import pattern_words
from kith.stewardship.review.question import ANSWERED_MEANWHILE
from kith.stewardship.schemas import (
    BatchAnswerIn,
    ReviewBatchMade,
    ReviewBatchOut,
    ReviewBatchState,
    SimilarQuestions,
)
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, Id, answers

review_batches: Final = Router(tags=["review"])
_EXAMPLES: Final = 10


@review_batches.get(
    "/{item_id}/similar",
    summary="Show the questions like one",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(SimilarQuestions, *WITH_ID, HTTPStatus.CONFLICT),
)
def list_similar_questions(request: ApiRequest, item_id: Id) -> SimilarQuestions:
    """Open ones on which the same fields agree and differ, this one among them; some of them whole."""
    item = queue.item_of(item_id, actor=request.auth)
    if item.state != ReviewItem.State.OPEN or not item.pattern:
        raise Conflict(ANSWERED_MEANWHILE)
    alike = queue.like(item)
    return SimilarQuestions(
        total=alike.order_by()[: queue.MOST_COUNTED].count(),
        words=_words(item.pattern, kind=item.contact_kind),
        items=[question_out(one) for one in lines(list(alike[:_EXAMPLES]))],
    )


@review_batches.post(
    "/{item_id}/similar/answer",
    summary="Answer all questions like one",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewBatchMade, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def answer_similar_questions(
    request: ApiRequest, item_id: Id, given: BatchAnswerIn
) -> Status[ReviewBatchMade]:
    """Each with an operation of its own: a few at once, many in the background. What a rule refuses, or
    somebody answers meanwhile, is left out and counted.
    """
    with transaction.atomic():
        batch = actions.ask_batch(
            actor=request.auth, item_id=item_id, verdict=Answer(given.answer), total=given.total
        )
        batch = tasks.start(batch, actor=request.auth)
    return Status(HTTPStatus.ACCEPTED, _made(batch))


@review_batches.get(
    "/batches/{batch_id}",
    summary="Open a batch of answers",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewBatchOut, *WITH_ID),
)
def open_review_batch(request: ApiRequest, batch_id: Id) -> ReviewBatchOut:
    """How far it is, and what came of it."""
    batch = queue.batch_of(batch_id, actor=request.auth)
    return ReviewBatchOut(
        id=batch.pk,
        state=_state(batch),
        answer=cast(Literal["group", "apart"], batch.answer),
        words=_words(batch.pattern, kind=batch.contact_kind),
        total=batch.total,
        done=batch.done_count,
        refused=batch.refused_count,
        asked_at=batch.asked_at,
        finished_at=batch.finished_at,
    )


@review_batches.post(
    "/batches/{batch_id}/undo",
    summary="Take a batch of answers back",
    auth=with_key(Permission.CONTACT_GROUP),
    response=answers(ReviewBatchMade, *WITH_ID, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def undo_review_batch(request: ApiRequest, batch_id: Id) -> Status[ReviewBatchMade]:
    """The newest answer first. What later changes stand on stays, and is counted."""
    with transaction.atomic():
        batch = actions.ask_batch_undo(actor=request.auth, batch_id=batch_id)
        batch = tasks.start(batch, actor=request.auth)
    return Status(HTTPStatus.ACCEPTED, _made(batch))


def _made(batch: ReviewBatch) -> ReviewBatchMade:
    return ReviewBatchMade(id=batch.pk, state=_state(batch), total=batch.total)


def _state(batch: ReviewBatch) -> ReviewBatchState:
    return cast(ReviewBatchState, str(batch.state))


def _words(pattern: str, *, kind: str) -> list[str]:
    return list(pattern_words(pattern, model=matching_in_force().recipe.model(kind)))
