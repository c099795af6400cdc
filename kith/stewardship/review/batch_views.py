"""One answer to many like questions: looked at first, given as a job, taken back as a whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.grouping.recipe.in_force import matching_in_force
from kith.jobs.models import Progress
from kith.kernel.errors import Conflict, Refused
from kith.stewardship.review import actions, queue, tasks
from kith.stewardship.review.forms import AnswerForm
from kith.stewardship.review.listing import lines
from kith.stewardship.review.models import Answer, ReviewBatch, ReviewItem
from kith.stewardship.review.patterns import pattern_words
from kith.stewardship.review.question import ANSWERED_MEANWHILE
from kith.web.rendering import render_page

EXAMPLES = 10


@needs(Permission.CONTACT_GROUP)
@require_GET
def show_similar(request: KithRequest, item_id: int) -> HttpResponse:
    item = queue.item_of(item_id, actor=request.actor)
    alike = queue.like(item)
    if item.state != ReviewItem.State.OPEN or not item.pattern:
        messages.info(request, ANSWERED_MEANWHILE)
        return redirect("review:queue")
    context = {
        "item": item,
        "words": _words(item.pattern, kind=item.contact_kind),
        "total": alike.order_by()[: queue.MOST_COUNTED].count(),
        "lines": lines(list(alike[:EXAMPLES])),
    }
    return render_page(request, "stewardship/review_similar.html", context)


@needs(Permission.CONTACT_GROUP)
@require_POST
def answer_similar(request: KithRequest, item_id: int) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused("This answer cannot be read.")
    try:
        batch = actions.ask_batch(
            actor=request.actor, item_id=item_id, verdict=Answer(form.cleaned_data["answer"])
        )
    except Conflict as error:
        messages.warning(request, error.message)
        return redirect("review:queue")
    tasks.start(batch, actor=request.actor)
    return redirect("review:batch", batch.pk)


@needs(Permission.CONTACT_GROUP)
@require_GET
def show_batch(request: KithRequest, batch_id: int) -> HttpResponse:
    batch = queue.batch_of(batch_id, actor=request.actor)
    state = ReviewBatch.State
    context = {
        "batch": batch,
        "words": _words(batch.pattern, kind=batch.contact_kind),
        "progress": Progress.objects.filter(subject_type=ReviewBatch.SUBJECT, subject_id=batch.pk).first(),
        "is_live": batch.state in {state.WAITING, state.RUNNING, state.UNDOING},
        "may_undo": batch.state in {state.DONE, state.CANCELLED} and batch.done_count,
    }
    return render_page(request, "stewardship/review_batch.html", context, region="standing")


@needs(Permission.CONTACT_GROUP)
@require_POST
def undo_batch(request: KithRequest, batch_id: int) -> HttpResponse:
    batch = actions.ask_batch_undo(actor=request.actor, batch_id=batch_id)
    tasks.start(batch, actor=request.actor)
    return redirect(reverse("review:batch", args=(batch_id,)))


def _words(pattern: str, *, kind: str) -> tuple[str, ...]:
    return pattern_words(pattern, model=matching_in_force().recipe.model(kind))
