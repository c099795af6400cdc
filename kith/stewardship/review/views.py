"""The review queue: its list, and one question a page that is answered with a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kith.access.http import KithRequest, needs
from kith.access.permissions import Permission
from kith.contacts.panels import Opened
from kith.kernel.errors import Conflict, Refused
from kith.stewardship.review import actions, labels, question, queue
from kith.stewardship.review.forms import AnswerForm, AssignForm, FilterForm
from kith.stewardship.review.listing import lines
from kith.stewardship.review.models import Answer, ReviewItem
from kith.stewardship.review.queue import Filters
from kith.stewardship.stewards import stewards
from kith.web.paging import page_of
from kith.web.rendering import render_page

MOST_ON_CONTACT = 5
FETCHED = "Kith-Fetched"
"""Header: the question that the browser has fetched beforehand."""
SHOW_FETCHED = "Kith-Show-Fetched"


@needs(Permission.CONTACT_GROUP)
@require_GET
def show_queue(request: KithRequest) -> HttpResponse:
    filters = _filters(request)
    waiting = queue.in_order(actor=request.actor, filters=filters).select_related("assigned_to")
    page = page_of(waiting, request)
    total = waiting.order_by()[: queue.MOST_COUNTED].count()
    context = {
        "page": page,
        "lines": lines(page.rows),
        "form": FilterForm(request.GET),
        "total": total,
        "is_more": total >= queue.MOST_COUNTED,
        "query": filters.query,
    }
    return render_page(request, "stewardship/review_queue.html", context, region="rows")


@needs(Permission.CONTACT_GROUP)
@require_GET
def show_next(request: KithRequest) -> HttpResponse:
    filters = _filters(request)
    return redirect(_address(queue.in_order(actor=request.actor, filters=filters).first(), filters))


@needs(Permission.CONTACT_GROUP)
@require_GET
def show(request: KithRequest, item_id: int) -> HttpResponse:
    filters = _filters(request)
    try:
        return _page(request, item_id, filters)
    except Conflict as error:
        messages.info(request, error.message)
        item = queue.item_of(item_id, actor=request.actor)
        following = queue.next_after(item, actor=request.actor, filters=filters)
        return redirect(_address(following, filters))


def _page(request: KithRequest, item_id: int, filters: Filters, *, status: int = 200) -> HttpResponse:
    master = request.GET.get("master", "")
    found = question.opened(
        item_id, actor=request.actor, master_id=int(master[:18]) if master.isdecimal() else None
    )
    context = _around(request, found.item, filters) | {
        "question": found,
        "item": found.item,
        "similar": queue.like(found.item).order_by()[: queue.MOST_COUNTED].count(),
        "stewards": stewards(),
        "me": request.actor.user_id,
        "may_relate": request.actor.may(Permission.CONTACT_EDIT),
    }
    return render_page(request, "stewardship/review_question.html", context, status=status)


def _around(request: KithRequest, item: ReviewItem, filters: Filters) -> dict[str, object]:
    return {
        "place": queue.place_of(item, actor=request.actor, filters=filters),
        "last": queue.last_answer(actor=request.actor),
        "query": filters.query,
        "address_query": _query(filters),
    }


@needs(Permission.CONTACT_GROUP)
@require_POST
def answer(request: KithRequest, item_id: int) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Refused("This answer cannot be read.")
    given = form.cleaned_data

    def work() -> None:
        done = actions.answer(
            actor=request.actor,
            item_id=item_id,
            verdict=Answer(given["answer"]),
            master_id=given["master"],
            seen=given["seen"],
        )
        if done.waits:
            messages.info(request, done.words)

    return _then_next(request, item_id, work)


@needs(Permission.CONTACT_GROUP)
@require_POST
def skip(request: KithRequest, item_id: int) -> HttpResponse:
    return _then_next(request, item_id, lambda: actions.skip(actor=request.actor, item_id=item_id))


def _then_next(request: KithRequest, item_id: int, work: Callable[[], None]) -> HttpResponse:
    """What comes next is known before the work is done: the question stands in the order until then."""
    filters, item = _filters(request), queue.item_of(item_id, actor=request.actor)
    following = queue.next_after(item, actor=request.actor, filters=filters)
    try:
        work()
    except Conflict as error:
        messages.warning(request, error.message)
        item.refresh_from_db()
        return _answered(request, item if question.is_asked(item) else following, filters)
    except Refused as error:
        messages.error(request, error.message)
        return _answered(request, item, filters, status=422)
    if following is not None and _is_there_already(request, following, after=item):
        return _uncovered(request, following, filters)
    return _answered(request, following, filters)


def _answered(
    request: KithRequest, following: ReviewItem | None, filters: Filters, *, status: int = 200
) -> HttpResponse:
    """The next question itself for those who wait at the keys; else its address."""
    address = _address(following, filters)
    if not request.htmx or following is None:
        return _led_to(request, address)
    try:
        response = _page(request, following.pk, filters, status=status)
    except Conflict:
        return _led_on(request, filters)
    response["HX-Push-Url"] = address
    return response


def _is_there_already(request: KithRequest, following: ReviewItem, *, after: ReviewItem) -> bool:
    """The browser fetched the next question beforehand, and the answer changed nothing that it shows."""
    if not request.htmx or request.headers.get(FETCHED) != str(following.pk):
        return False
    following.refresh_from_db()
    ends = {following.left_contact_id, following.right_contact_id}
    touched = ends & {after.left_contact_id, after.right_contact_id}
    if touched or len(messages.get_messages(request)):
        return False
    return question.is_asked(following)


def _uncovered(request: KithRequest, following: ReviewItem, filters: Filters) -> HttpResponse:
    """Only what changed around the question that the browser has."""
    response = render(request, "stewardship/_review_changed.html", _around(request, following, filters))
    response[SHOW_FETCHED] = str(following.pk)
    response["HX-Push-Url"] = _address(following, filters)
    return response


def _led_on(request: KithRequest, filters: Filters) -> HttpResponse:
    return _led_to(request, reverse("review:next") + _query(filters))


def _led_to(request: KithRequest, address: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


@needs(Permission.CONTACT_GROUP)
@require_POST
def undo(request: KithRequest, item_id: int) -> HttpResponse:
    filters = _filters(request)
    try:
        item = actions.undo(actor=request.actor, item_id=item_id)
    except (Refused, Conflict) as error:
        messages.error(request, error.message)
        return _led_on(request, filters)
    if item.state != ReviewItem.State.OPEN:
        messages.info(request, "It was taken back. There is nothing to ask any more.")
        return _led_on(request, filters)
    return _answered(request, item, filters)


@needs(Permission.CONTACT_GROUP)
@require_POST
def assign(request: KithRequest, item_id: int) -> HttpResponse:
    form = AssignForm(request.POST)
    if not form.is_valid():
        raise Refused("There is no such person.")
    filters = _filters(request)
    try:
        item = actions.assign(actor=request.actor, item_id=item_id, user_id=form.cleaned_data["to"])
    except Conflict as error:
        messages.warning(request, error.message)
        return _led_on(request, filters)
    return _answered(request, item, filters)


@needs(Permission.CONTACT_GROUP)
@require_GET
def download_labels(request: KithRequest) -> HttpResponse:
    body = labels.as_csv(labels.labels(actor=request.actor))
    name = 'attachment; filename="kith-labels.csv"'
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _filters(request: KithRequest) -> Filters:
    return Filters.read({name: str(text) for name, text in request.GET.items()})


def _query(filters: Filters) -> str:
    return f"?{filters.query}" if filters.query else ""


def _address(item: ReviewItem | None, filters: Filters) -> str:
    """Of the question; of the list where there is none."""
    where = reverse("review:queue") if item is None else reverse("review:question", args=(item.pk,))
    return where + _query(filters)


def review_panel(opened: Opened) -> Mapping[str, object]:
    """On the contact's page: who may be the same (K12). Three queries."""
    found = list(queue.about(opened.contact.pk)[: MOST_ON_CONTACT + 1])
    return {"lines": lines(found[:MOST_ON_CONTACT]), "more": len(found) > MOST_ON_CONTACT}
