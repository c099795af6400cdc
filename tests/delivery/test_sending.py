"""Messages arrive, at least once, and what does not arrive is tried again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.audit.models import Entry
from kith.config.figures import figures
from kith.delivery import actions, signing, tasks
from kith.delivery.models import Attempt, Endpoint, Event, Message
from kith.delivery.sending import Result
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group
from kith.kernel.clock import now
from tests.contacts import factories
from tests.delivery.conftest import Receiver
from tests.locks import wait_until_somebody_waits

pytestmark = pytest.mark.django_db


def _test_message(endpoint: Endpoint) -> Message:
    return Message.objects.get(pk=actions.send_test(actor=COMMAND_LINE, endpoint_id=endpoint.pk))


def _again(message: Message) -> Message:
    message.refresh_from_db()
    return message


def _make_due() -> None:
    Message.objects.filter(state="waiting").update(next_at=now())
    Endpoint.objects.update(rests_until=None)


def test_a_message_arrives_signed_and_is_noted(told: Endpoint, receiver: Receiver) -> None:
    message = _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    (got,) = receiver.received
    assert _again(message).state == "sent"
    assert (got.said["type"], got.said["data"]) == ("webhook.test", {})
    assert got.said["timestamp"] == message.event.at.isoformat()
    assert got.headers["webhook-id"] == message.event.webhook_id
    key = base64.b64decode(signing.secret_of(told.salt).removeprefix("whsec_"))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{wanted}"
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.trouble) == (200, "")


def test_what_failed_is_tried_again_with_the_same_id_and_a_new_time(
    told: Endpoint, receiver: Receiver
) -> None:
    receiver.statuses = [500, 503]
    message = _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    waits = (_again(message).next_at - now()).total_seconds()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert 3 < waits <= 5
    _make_due()
    tasks.send_to(endpoint_id=told.pk)
    assert 290 < (_again(message).next_at - now()).total_seconds() <= 300
    _make_due()
    tasks.send_to(endpoint_id=told.pk)
    assert _again(message).state == "sent"
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert [one.status for one in Attempt.objects.order_by("pk")] == [500, 503, 200]


def test_after_three_days_it_is_given_up(told: Endpoint, receiver: Receiver) -> None:
    receiver.statuses = [500] * 20
    message = _test_message(told)
    for _ in range(10):
        _make_due()
        tasks.send_to(endpoint_id=told.pk)
    assert (_again(message).state, message.attempts) == ("failed", 10)


def test_a_redirect_is_not_followed(told: Endpoint, receiver: Receiver) -> None:
    receiver.statuses, receiver.location = [302], receiver.url
    _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    assert len(receiver.received) == 1
    assert Attempt.objects.get().trouble == "redirect"


def test_a_name_that_leads_to_a_private_address_is_not_told(
    told: Endpoint, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOKS_TO_PRIVATE = False
    Endpoint.objects.update(url=receiver.url.replace("127.0.0.1", "localhost"))
    _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    assert not receiver.received
    assert (Attempt.objects.get().trouble, Attempt.objects.get().status) == ("private", None)


@pytest.mark.parametrize(
    ("url", "trouble"), [("http://127.0.0.1:1/", "connection"), ("https://127.0.0.1:{port}/", "tls")]
)
def test_an_endpoint_that_is_not_there_is_named(
    told: Endpoint, receiver: Receiver, url: str, trouble: str
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    Endpoint.objects.update(url=url.format(port=port))
    _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    assert Attempt.objects.get().trouble == trouble


def test_who_answers_slowly_is_hung_up_on(told: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.delivery.sending.PATIENCE_SECONDS", 0.3)
    stop = threading.Event()

    def drip() -> None:
        connected, _ = listening.accept()
        with connected, suppress(OSError):
            for _ in range(40):
                connected.sendall(b"H")
                if stop.wait(0.05):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip)
        thread.start()
        Endpoint.objects.update(url=f"http://127.0.0.1:{listening.getsockname()[1]}/")
        _test_message(told)
        tasks.send_to(endpoint_id=told.pk)
        stop.set()
        thread.join()
    attempt = Attempt.objects.get()
    assert attempt.trouble == "timeout"
    assert attempt.duration_ms < 1500


def test_an_address_in_any_script_is_told(told: Endpoint, receiver: Receiver) -> None:
    Endpoint.objects.update(url=receiver.url.replace("/hooks", "/höoks/%20/ελ") + "&to=ü")
    _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    assert Message.objects.get().state == "sent"
    assert receiver.paths == ["/h%C3%B6oks/%20/%CE%B5%CE%BB?of=kith&to=%C3%BC"]


def test_where_everything_fails_and_more_waits_it_rests(told: Endpoint, receiver: Receiver) -> None:
    receiver.statuses = [500] * 500
    for _ in range(tasks.BATCH + 3):
        _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    assert len(receiver.received) == tasks.BATCH
    told.refresh_from_db()
    assert told.rests_until is not None
    assert told.rests_until > now()
    tasks.send_to(endpoint_id=told.pk)
    assert len(receiver.received) == tasks.BATCH


def test_a_test_is_sent_at_once_also_while_it_rests(told: Endpoint, receiver: Receiver) -> None:
    Endpoint.objects.update(rests_until=now() + timedelta(hours=1))
    message = _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    assert _again(message).state == "sent"


def test_removed_while_a_batch_is_on_its_way_nothing_is_noted(told: Endpoint) -> None:
    message = _test_message(told)
    actions.remove_endpoint(actor=COMMAND_LINE, endpoint_id=told.pk)
    result = Result(message_id=message.pk, status=200, trouble=None, duration_ms=1)
    actions.note_results(endpoint_id=told.pk, results=[result], began_at=now())
    assert not Attempt.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_sending_again_and_noting_results_do_not_wait_for_each_other(told: Endpoint) -> None:
    message = _test_message(told)

    def send_again() -> None:
        try:
            actions.send_again(actor=COMMAND_LINE, message_id=message.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():  # as results are noted: the endpoint, then its messages
            Endpoint.objects.select_for_update().get(pk=told.pk)
            asked = threads.submit(send_again)
            wait_until_somebody_waits(of="transactionid")
            Message.objects.select_for_update(nowait=True).get(pk=message.pk)
        asked.result()


def test_after_five_days_of_failures_it_is_switched_off_and_said(told: Endpoint, receiver: Receiver) -> None:
    Endpoint.objects.update(failing_since=now() - timedelta(days=5, minutes=1))
    receiver.statuses = [500]
    _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    told.refresh_from_db()
    assert told.state == "broken"
    assert Entry.objects.get(event="WebhookSwitchedOff").actor == "Webhooks"
    assert figures().broken_webhooks == 1
    actions.resume_endpoint(actor=COMMAND_LINE, endpoint_id=told.pk)
    _make_due()
    tasks.send_to(endpoint_id=told.pk)
    assert Message.objects.get().state == "sent"


def test_who_says_that_it_is_gone_is_told_no_more(told: Endpoint, receiver: Receiver) -> None:
    receiver.statuses = [410]
    _test_message(told)
    tasks.send_to(endpoint_id=told.pk)
    told.refresh_from_db()
    assert told.state == "broken"


def test_killed_before_it_was_noted_it_is_sent_once_more_with_the_same_id(
    told: Endpoint, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(**_: object) -> None:
        raise SystemExit

    _test_message(told)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "note_results", killed)
        with pytest.raises(SystemExit):
            tasks.send_to(endpoint_id=told.pk)
    tasks.send_to(endpoint_id=told.pk)
    assert len(receiver.received) == 2
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert Message.objects.get().state == "sent"


def test_old_events_go_unless_one_waits(told: Endpoint) -> None:
    kept, gone = _test_message(told), _test_message(told)
    Message.objects.filter(pk=gone.pk).update(state="sent")
    Event.objects.update(at=now() - timedelta(days=31))
    assert actions.remove_old_events(before=now() - timedelta(days=30)) == 1
    assert list(Message.objects.values_list("pk", flat=True)) == [kept.pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_queue")
def test_whoever_groups_is_told_by_the_worker_at_once(
    told: Endpoint, receiver: Receiver, run_jobs: Callable[[], None]
) -> None:
    ann, petros = factories.person("Ann", "Leeson"), factories.person("Petros", "Nikolaou")
    carry_out(actor=COMMAND_LINE, intent=Group(master=ann.pk, children=(petros.pk,)))
    run_jobs()
    assert receiver.types() == [
        ("contact.created", ann.pk),
        ("contact.created", petros.pk),
        ("contact.grouped", ann.pk),
        ("contact.retired", petros.pk),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs WHERE task_name LIKE 'delivery%'")
        assert {row[0] for row in cursor.fetchall()} <= {"{}", f'{{"endpoint_id": {told.pk}}}'}
