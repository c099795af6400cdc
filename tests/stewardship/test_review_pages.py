"""The list, the question, and its answers as a steward gives them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import KeepApart, Undo
from kith.grouping.models import Decision, Doubt, Operation
from kith.kernel.errors import Conflict
from kith.stewardship.models import Request, StewardshipSettings
from kith.stewardship.requests import ask
from kith.stewardship.review import actions, question
from kith.stewardship.review.keeping import rebuild
from kith.stewardship.review.models import Answer, ReviewItem
from tests.contacts import factories
from tests.stewardship.doubtful import asked, asks, doubts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ClientOf = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
READS = ("queue", "next", "labels")
OF_ONE = ("question", "similar")
POSTS = ("answer", "skip", "assign", "undo", "answer-similar")


def page_of(item: ReviewItem) -> str:
    return reverse("review:question", args=(item.pk,))


def give(client: Client, item: ReviewItem, answer: str, **more: object) -> object:
    return client.post(reverse("review:answer", args=(item.pk,)), {"answer": answer, **more})


def test_without_a_sign_in_every_address_leads_to_it(client: Client) -> None:
    item = asked()
    for name in READS:
        assert client.get(reverse(f"review:{name}")).headers["Location"].startswith("/sign-in/")
    for name in OF_ONE:
        assert client.get(reverse(f"review:{name}", args=(item.pk,))).status_code == 302
    for name in POSTS:
        assert client.post(reverse(f"review:{name}", args=(item.pk,))).status_code == 302
    item.refresh_from_db()
    assert item.state == ReviewItem.State.OPEN


def test_who_may_not_group_sees_no_question(agent: User, client_of: ClientOf) -> None:
    item, client = asked(), client_of(agent)
    assert {client.get(reverse(f"review:{name}")).status_code for name in READS} == {403}
    assert {client.get(reverse(f"review:{name}", args=(item.pk,))).status_code for name in OF_ONE} == {403}
    assert {client.post(reverse(f"review:{name}", args=(item.pk,))).status_code for name in POSTS} == {403}
    assert client.get(reverse("review:batch", args=(1,))).status_code == 403
    assert client.post(reverse("review:undo-batch", args=(1,))).status_code == 403


def test_questions_that_are_not_there_are_not_found(steward: User, client_of: ClientOf) -> None:
    client = client_of(steward)
    for name in OF_ONE:
        assert client.get(reverse(f"review:{name}", args=(99,))).status_code == 404
    for name in POSTS:
        sent = client.post(reverse(f"review:{name}", args=(99,)), {"answer": "group"})
        assert sent.status_code == 404
    assert client.get(reverse("review:batch", args=(99,))).status_code == 404
    assert client.post(reverse("review:undo-batch", args=(99,))).status_code == 404


def test_an_empty_queue_says_so(steward: User, client_of: ClientOf) -> None:
    client = client_of(steward)
    assert "Nothing to decide" in client.get("/review/").text
    assert client.get("/review/next/").headers["Location"] == "/review/"


def test_the_list_is_filtered_by_source_score_kind_and_whose(steward: User, client_of: ClientOf) -> None:
    calm, client = asked(weight=3.0, first="Calm"), client_of(steward)
    left, right = factories.person("Torn", "Apart", code="NEWS"), factories.person("Torn", "Apart")
    doubts(left, right, why=Doubt.Why.CONTRADICTION)
    rebuild()
    actions.assign(actor=steward.actor, item_id=calm.pk, user_id=steward.pk)
    news = factories.source("NEWS").pk

    def shown(query: str) -> set[str]:
        text = client.get(f"/review/?{query}").text
        return {name for name in ("Calm", "Torn") if f"{name} " in text.split('id="rows"')[1]}

    assert shown("") == {"Calm", "Torn"}
    assert shown(f"source={news}") == {"Torn"}
    assert shown("kind=pair") == {"Calm"}
    assert shown("at_most=95") == {"Calm"}
    assert shown("at_least=95") == {"Torn"}
    assert shown("whose=me") == {"Calm"}
    assert shown("whose=nobody") == {"Torn"}
    assert shown("source=x&kind=y&at_least=z&whose=w") == {"Calm", "Torn"}


def test_the_list_asks_as_much_for_many_as_for_one(steward: User, client_of: ClientOf) -> None:
    client = client_of(steward)
    asked()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/review/")
        return len(found)

    queries()
    few = queries()
    for number in range(6):
        asked(first=f"Andreas{number}")
    assert queries() == few


def test_a_question_asks_as_much_for_many_system_refs_as_for_few(steward: User, client_of: ClientOf) -> None:
    client, small = client_of(steward), asked()
    names = {"first_name": "Eva", "last_name": "Kara", "email_1": "eva@example.com"}
    large = factories.contact(*(factories.record(names, code=f"S{n % 4}") for n in range(12)))
    asks(large, factories.person("Eva", "Kara"))
    rebuild()
    big = ReviewItem.objects.get(left_contact_id=large.pk)

    def queries(item: ReviewItem) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(page_of(item)).status_code == 200
        return len(found)

    queries(small)
    assert queries(big) <= queries(small) + 3  # e-mails there are, and golden values of more


def test_a_question_shows_both_sides_the_evidence_and_what_would_follow(
    steward: User, client_of: ClientOf
) -> None:
    home = {"address_1_line1": "4 Ledra St", "address_1_city": "Nicosia", "address_1_postcode": "1011"}
    left = factories.person("Andreas", "Georgiou", code="MEMBERS", birth_date="02/02/1961", **home)
    right = factories.person("Andreas", "Georgiou", birth_date="19/08/1990", **home)
    asks(left, right, weight=1.29)
    rebuild()
    text = client_of(steward).get(page_of(ReviewItem.objects.get())).text
    assert "Is this one person?" in text
    assert "Match probability 71 %" in text
    assert "<mark><bdi>2\u00a0Feb\u00a01961</bdi></mark>" in text
    assert 'class="bits-for"' in text
    assert 'class="bits-against"' in text
    assert "Parent and child, same household" in text
    assert f'href="/relations/of/{left.pk}/add/{right.pk}/?type=CHILD"' in text
    assert "4 Ledra St, Nicosia 1011" in text
    assert f"retired, leads to {str(left.pk)[0]}" in text
    assert "no run will group them again" in text
    assert "1 of 1" in text


def test_the_contact_with_more_system_refs_is_the_master_and_can_be_swapped(
    steward: User, client_of: ClientOf
) -> None:
    names = {"first_name": "Eva", "last_name": "Kara"}
    small, large = (
        factories.person("Eva", "Kara"),
        factories.contact(factories.record(names, code="A"), factories.record(names, code="B")),
    )
    asks(small, large)
    rebuild()
    item, client = ReviewItem.objects.get(), client_of(steward)
    assert client.get(page_of(item)).context["question"].master.pk == large.pk
    swapped = client.get(page_of(item), {"master": str(small.pk)}).context["question"]
    assert swapped.master.pk == small.pk
    give(client, item, "group", master=small.pk, seen=swapped.outcome.seen)
    large.refresh_from_db()
    assert large.successor_id == small.pk


def test_without_javascript_an_answer_leads_to_the_next_question(steward: User, client_of: ClientOf) -> None:
    first, second = asked(weight=0.0), asked(first="Despina", weight=3.0)
    client = client_of(steward)
    sent = client.post(reverse("review:answer", args=(first.pk,)) + "?kind=pair", {"answer": "group"})
    assert sent.status_code == 302
    assert sent.headers["Location"] == page_of(second) + "?kind=pair"
    assert Contact.objects.get(pk=first.right_contact_id).successor_id == first.left_contact_id
    first.refresh_from_db()
    assert (first.state, first.answer, first.decided_by) == ("decided", "group", steward)
    assert first.operation is not None
    assert "Grouped" in client.get(page_of(second)).text
    assert give(client, second, "apart").headers["Location"] == "/review/"  # type: ignore[attr-defined]


def test_with_htmx_the_answer_is_the_next_question_itself(steward: User, client_of: ClientOf) -> None:
    first, second = asked(weight=0.0), asked(first="Despina", weight=3.0)
    sent = client_of(steward).post(
        reverse("review:answer", args=(first.pk,)), {"answer": "apart"}, headers=HTMX
    )
    assert sent.status_code == 200
    assert sent.headers["HX-Push-Url"] == page_of(second)
    assert "Despina" in sent.text
    assert "Kept apart" in sent.text
    assert Decision.objects.filter(verdict="apart", lifted_by__isnull=True).exists()


def test_the_last_answer_is_taken_back_and_its_question_is_there_again(
    steward: User, client_of: ClientOf
) -> None:
    item, client = asked(), client_of(steward)
    give(client, item, "group")
    sent = client.post(reverse("review:undo", args=(item.pk,)), headers=HTMX)
    assert sent.headers["HX-Push-Url"] == page_of(item)
    item.refresh_from_db()
    assert (item.state, item.answer, item.operation) == ("open", "", None)
    assert Contact.objects.filter(state="active").count() == 2
    assert client.post(reverse("review:undo", args=(item.pk,))).status_code == 302


def test_an_answer_that_was_undone_elsewhere_is_not_taken_back_twice(
    steward: User, client_of: ClientOf
) -> None:
    item, client = asked(), client_of(steward)
    give(client, item, "apart")
    item.refresh_from_db()
    assert item.operation is not None
    ask(actor=steward.actor, intent=Undo(operation=item.operation.pk))
    again = ReviewItem.objects.get(state="open")
    sent = client.post(reverse("review:undo", args=(item.pk,)), follow=True)
    assert "undone it already" in sent.text
    assert ReviewItem.objects.get(state="open") == again


def test_an_answer_is_taken_back_where_the_two_are_asked_about_again_already(steward: User) -> None:
    item = asked()
    actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.APART)
    item.refresh_from_db()
    pair = (item.left_contact_id, item.right_contact_id)
    again = ReviewItem.objects.get(pk=item.pk)
    again.pk, again.state, again.answer, again.operation, again.decided_at = None, "open", "", None, None
    again.save(force_insert=True)
    given = actions.undo(actor=steward.actor, item_id=item.pk)
    assert given.state == ReviewItem.State.GONE
    assert ReviewItem.objects.get(state="open").pk == again.pk
    assert not Decision.objects.filter(lifted_by__isnull=True).exists()
    assert pair == (again.left_contact_id, again.right_contact_id)


def test_the_second_steward_hears_that_somebody_was_faster(
    steward: User, power_user: User, client_of: ClientOf
) -> None:
    first, second = asked(weight=0.0), asked(first="Despina", weight=3.0)
    give(client_of(steward), first, "group")
    late = client_of(power_user)
    sent = late.post(reverse("review:answer", args=(first.pk,)), {"answer": "apart"}, headers=HTMX)
    assert "Somebody answered this meanwhile." in sent.text
    assert sent.headers["HX-Push-Url"] == page_of(second)
    assert Operation.objects.count() == 1
    opened = late.get(page_of(first))
    assert opened.headers["Location"] == page_of(second)


def test_a_question_whose_contacts_changed_elsewhere_is_not_answered(steward: User) -> None:
    item = asked()
    carry_out(actor=steward.actor, intent=KeepApart(contacts=(item.left_contact_id, item.right_contact_id)))
    third = factories.person("Zoe")
    Contact.objects.get(pk=item.right_contact_id).memberships.update(contact=third)
    with pytest.raises(Conflict):
        actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.GROUP)
    with pytest.raises(Conflict):
        question.opened(item.pk, actor=steward.actor)


def test_what_changed_since_it_was_shown_is_shown_again_before_it_is_grouped(
    steward: User, client_of: ClientOf
) -> None:
    item, client = asked(), client_of(steward)
    give(client, item, "group", seen="of yesterday")
    item.refresh_from_db()
    assert item.state == ReviewItem.State.OPEN
    assert Contact.objects.filter(state="active").count() == 2


def test_skipped_comes_after_the_others_and_assigned_stays(steward: User, client_of: ClientOf) -> None:
    first, second = asked(weight=0.0), asked(first="Despina", weight=3.0)
    client = client_of(steward)
    sent = client.post(reverse("review:skip", args=(first.pk,)))
    assert sent.headers["Location"] == page_of(second)
    assert client.get("/review/next/").headers["Location"] == page_of(second)
    client.post(reverse("review:assign", args=(first.pk,)), {"to": str(steward.pk)})
    first.refresh_from_db()
    assert (first.turn, first.assigned_to) == (1, steward)
    client.post(reverse("review:assign", args=(first.pk,)), {"to": ""})
    first.refresh_from_db()
    assert first.assigned_to is None


def test_a_question_is_assigned_to_nobody_who_may_not_answer_it(
    steward: User, viewer: User, client_of: ClientOf
) -> None:
    item = asked()
    sent = client_of(steward).post(reverse("review:assign", args=(item.pk,)), {"to": str(viewer.pk)})
    assert sent.status_code == 422


def test_whoever_assigns_what_somebody_answered_meanwhile_is_led_on(
    steward: User, power_user: User, client_of: ClientOf
) -> None:
    first, second = asked(weight=0.0), asked(first="Despina", weight=3.0)
    give(client_of(power_user), first, "apart")
    client = client_of(steward)
    sent = client.post(reverse("review:assign", args=(first.pk,)), {"to": str(steward.pk)}, follow=True)
    assert sent.redirect_chain[-1][0] == page_of(second)
    assert "Somebody answered this meanwhile." in sent.text


def test_the_journal_says_to_whom_a_question_was_given(steward: User, power_user: User) -> None:
    actions.assign(actor=steward.actor, item_id=asked().pk, user_id=power_user.pk)
    assert Entry.objects.get(event="ReviewAssigned").detail == {"owner": power_user.pk}


def test_where_changes_wait_the_answer_waits_and_can_be_taken_back(
    steward: User, client_of: ClientOf
) -> None:
    StewardshipSettings.objects.create(changes_wait=True)
    item, client = asked(), client_of(steward)
    give(client, item, "group")
    item.refresh_from_db()
    assert item.state == ReviewItem.State.WAITING
    rebuild()
    item.refresh_from_db()
    assert item.state == ReviewItem.State.WAITING, "a rebuild does not ask it again"
    assert ReviewItem.objects.count() == 1
    client.post(reverse("review:undo", args=(item.pk,)))
    item.refresh_from_db()
    assert item.state == ReviewItem.State.OPEN
    assert Request.objects.get().state == Request.State.CANCELLED


def test_a_second_person_decides_where_the_settings_say_so(
    steward: User, power_user: User, client_of: ClientOf
) -> None:
    from kith.stewardship.requests import reject

    StewardshipSettings.objects.create(second_reviewer=True)
    item = asked()
    for contact_id in (item.left_contact_id, item.right_contact_id):
        contact = Contact.objects.get(pk=contact_id)
        factories.transaction(contact.memberships.get().record, "10.00")
    give(client_of(steward), item, "group")
    request = Request.objects.get()
    assert request.state == Request.State.AWAITING_SECOND
    reject(actor=power_user.actor, request_id=request.pk)
    rebuild()
    item.refresh_from_db()
    assert (item.state, item.answer) == (ReviewItem.State.OPEN, "")


def test_a_question_that_the_browser_has_is_not_sent_again(steward: User, client_of: ClientOf) -> None:
    first, second = asked(weight=0.0), asked(first="Despina", weight=3.0)
    address, client = reverse("review:answer", args=(first.pk,)), client_of(steward)
    sent = client.post(address, {"answer": "group"}, headers=HTMX | {"Kith-Fetched": str(second.pk)})
    assert sent.headers["Kith-Show-Fetched"] == str(second.pk)
    assert sent.headers["HX-Push-Url"] == page_of(second)
    assert "Despina" not in sent.text
    assert "1 of 1" in sent.text
    assert "Grouped" in sent.text


def test_a_question_about_the_contacts_just_answered_is_sent_as_it_is_now(
    steward: User, client_of: ClientOf
) -> None:
    first = asked(weight=0.0)
    left = Contact.objects.get(pk=first.left_contact_id)
    asks(left, factories.person("Andreas", "Georgiou", code="SHOP"), weight=3.0)
    rebuild()
    second = ReviewItem.objects.exclude(pk=first.pk).get()
    address, client = reverse("review:answer", args=(first.pk,)), client_of(steward)
    sent = client.post(address, {"answer": "group"}, headers=HTMX | {"Kith-Fetched": str(second.pk)})
    assert "Kith-Show-Fetched" not in sent.headers
    assert "2 System Refs" in sent.text
