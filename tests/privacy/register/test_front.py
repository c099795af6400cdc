"""The public form: nobody is looked up, nothing is told, a request only after the e-mail is confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.audit.models import Entry
from kith.contacts.models import ContactEmail
from kith.kernel.clock import now
from kith.printouts.models import Sending
from kith.privacy.front import limits
from kith.privacy.register import actions as register
from kith.privacy.register import tasks
from kith.privacy.register.front import actions, mailing
from kith.privacy.register.models import PersonRequest, PublicUse, UnconfirmedRequest
from kith.privacy.register.rules import due_after
from kith.privacy.register.sealing import Said
from kith.privacy.register.sections import REQUESTS, Requests
from kith.settings.actions import save_section
from kith.stewardship.models import Case
from tests.contacts import factories
from tests.privacy.test_rows import dump

pytestmark = pytest.mark.django_db
FORM = {"kind": "access", "name": "Eleni Kyriakou", "email": "eleni@example.org", "words": "Since 2019"}


@pytest.fixture(autouse=True)
def switched_on() -> None:
    save_section(actor=COMMAND_LINE, section=REQUESTS, value=Requests(has_public_form=True))


def send(client: Client, *, address: str = "192.0.2.7", **differently: str) -> int:
    form = reverse("privacy-request:form")
    return client.post(form, {**FORM, **differently}, REMOTE_ADDR=address).status_code


def link() -> str:
    """As it stands in the e-mail of the newest one."""
    mail.outbox.clear()
    mailing.mail_link(UnconfirmedRequest.objects.latest("made_at").pk)
    found = re.search(r"https?://\S+", str(mail.outbox[-1].body))
    assert found is not None
    return urlsplit(found[0]).path


def test_switched_off_there_is_no_such_page(client: Client) -> None:
    save_section(actor=COMMAND_LINE, section=REQUESTS, value=Requests())
    assert client.get(reverse("privacy-request:form")).status_code == 404
    assert send(client) == 404
    assert not UnconfirmedRequest.objects.exists()


def test_only_a_confirmed_e_mail_makes_a_request_without_contact_or_identity(client: Client) -> None:
    factories.eleni()
    page = client.get(reverse("privacy-request:form"))
    assert page.status_code == 200
    assert "script-src" in page["Content-Security-Policy"] or "default-src" in page["Content-Security-Policy"]
    assert page.text.count("<label") >= 4
    assert send(client) == 302
    assert client.get(reverse("privacy-request:sent")).status_code == 200
    assert not PersonRequest.objects.exists()
    where = link()
    assert client.get(where).status_code == 200
    assert client.head(where).status_code == 200
    assert not PersonRequest.objects.exists()
    assert client.post(where).status_code == 302
    assert client.get(reverse("privacy-request:done")).status_code == 200
    made = PersonRequest.objects.get()
    assert (made.channel, made.state, made.contact_id, made.owner_id) == ("form", "received", None, None)
    assert made.due_on == due_after(made.received_on)
    assert register.read_words(actor=COMMAND_LINE, request_id=made.pk) == Said(
        name="Eleni Kyriakou", reach="eleni@example.org", words="Since 2019"
    )
    assert Entry.objects.filter(event="PersonRequestReceived", actor="Public form").count() == 1


def test_a_link_works_once_for_a_day_and_a_wrong_one_not_at_all(client: Client) -> None:
    send(client)
    where = link()
    assert client.post(where).status_code == 302
    assert client.post(where).status_code == 410
    assert client.post(reverse("privacy-request:confirm", args=("wrong",))).status_code == 410
    send(client)
    late = link()
    UnconfirmedRequest.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.post(late).status_code == 410
    assert PersonRequest.objects.count() == 1
    assert actions.remove_unconfirmed() == 1


def test_it_says_and_does_the_same_whether_or_not_somebody_exists(client: Client) -> None:
    """Down to the queries: nothing about contacts is asked at all."""
    known = ContactEmail.objects.filter(contact=factories.eleni()).values_list("value", flat=True)[0]
    answers = []
    send(client)  # the installation's first key is made once
    for email in (known, "nobody@example.org"):
        with CaptureQueriesContext(connection) as caught:
            answer = client.post(
                reverse("privacy-request:form"), {**FORM, "email": email}, REMOTE_ADDR="192.0.2.9"
            )
        asked = [one["sql"] for one in caught.captured_queries]
        assert not [sql for sql in asked if "contacts_" in sql or "sources_sourcerecord" in sql]
        answers.append((answer.status_code, answer["Location"], len(asked)))
    assert answers[0] == answers[1]


def test_nothing_that_was_typed_is_in_the_e_mail_or_plain_in_the_database(client: Client) -> None:
    send(client, words="Buy cheap pills at example.net")
    where = link()
    message = mail.outbox[-1]
    assert message.to == ["eleni@example.org"]
    assert "pills" not in f"{message.subject} {message.body}"
    said = dump()
    token = where.rstrip("/").rpartition("/")[2]
    assert not [one for one in ("Kyriakou", "eleni@example.org", "pills", token) if one in said]
    assert UnconfirmedRequest.objects.get().sealed_link is None
    mail.outbox.clear()
    mailing.mail_link(UnconfirmedRequest.objects.get().pk)
    assert mail.outbox == []


def test_limited_by_address_and_the_next_address_is_let_in(client: Client) -> None:
    found = [send(client, email=f"p{number}@example.org") for number in range(limits.ASK_BY_ADDRESS.most + 1)]
    assert found == [302] * limits.ASK_BY_ADDRESS.most + [429]
    assert send(client, address="192.0.2.8") == 302
    PublicUse.objects.update(began_at=now() - timedelta(hours=2))
    assert send(client) == 302


def test_limited_for_all_together(client: Client) -> None:
    PublicUse.objects.create(
        what=limits.ASK_BY_ALL.what, mark="", began_at=now(), count=limits.ASK_BY_ALL.most
    )
    assert send(client) == 429
    assert not UnconfirmedRequest.objects.exists()


def test_one_household_of_ipv6_is_one_address() -> None:
    from django.test import RequestFactory

    of = [
        limits.address_of(RequestFactory().get("/", REMOTE_ADDR=one))
        for one in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "nonsense")
    ]
    assert of[0] == of[1] != of[2]


def test_nobody_is_flooded_with_e_mails_and_nobody_hears_that(client: Client) -> None:
    for number in range(limits.ASK_BY_EMAIL.most + 2):
        assert send(client, address=f"198.51.100.{number}", email="Victim@example.org") == 302
    assert UnconfirmedRequest.objects.count() == limits.ASK_BY_EMAIL.most


def test_guessing_links_is_limited_and_shuts_out_nobody_who_has_one(client: Client) -> None:
    send(client)
    where = link()
    for number in range(limits.CONFIRM.most):
        assert client.post(reverse("privacy-request:confirm", args=(f"guess{number}",))).status_code == 410
    assert client.post(reverse("privacy-request:confirm", args=("guess",))).status_code == 429
    assert not PersonRequest.objects.exists()
    assert client.post(where).status_code == 302
    assert PersonRequest.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"email": "no"}, {"kind": "all"}, {"name": ""}, {"words": "x" * 4_001}])
def test_bad_input_comes_back_with_the_form(client: Client, wrong: dict[str, str]) -> None:
    assert send(client, **wrong) == 422
    assert not UnconfirmedRequest.objects.exists()


def test_without_the_token_of_the_page_nothing_is_taken() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict) == 403
    assert strict.post(reverse("privacy-request:confirm", args=("token",))).status_code == 403


def test_an_e_mail_that_cannot_leave_is_tried_again_and_given_up_at_last(client: Client) -> None:
    send(client)
    made = UnconfirmedRequest.objects.get()
    actions.note_mailed(uid=made.pk, trouble=Sending.Trouble.UNREACHABLE)
    made.refresh_from_db()
    assert (made.attempts, made.sealed_link is None) == (1, False)
    actions.note_mailed(uid=made.pk, trouble=Sending.Trouble.REFUSED)
    made.refresh_from_db()
    assert made.sealed_link is None
    actions.remove_unconfirmed()
    assert UnconfirmedRequest.objects.count() == 1


def test_where_no_e_mail_leaves_somebody_is_told_once(client: Client) -> None:
    send(client)
    send(client, email="other@example.org")
    for made in UnconfirmedRequest.objects.all():
        for _ in range(actions.SAID_AFTER - 1):
            actions.note_mailed(uid=made.pk, trouble=Sending.Trouble.UNREACHABLE)
    assert not Case.objects.exists()
    for made in UnconfirmedRequest.objects.all():
        actions.note_mailed(uid=made.pk, trouble=Sending.Trouble.UNREACHABLE)
    (case,) = Case.objects.all()
    assert case.title.startswith("Requests of persons cannot be confirmed. The mail server could not")
    Case.objects.all().delete()
    for _ in range(actions.SAID_AFTER + 1):
        actions.note_mailed(uid=made.pk, trouble=Sending.Trouble.REFUSED)
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_sends_the_link_and_the_hourly_look_forgets_what_nobody_confirmed(
    client: Client, run_jobs: Callable[[], None]
) -> None:
    mail.outbox.clear()
    send(client)
    assert mail.outbox == []
    run_jobs()
    assert [one.to for one in mail.outbox] == [["eleni@example.org"]]
    run_jobs()
    assert len(mail.outbox) == 1
    UnconfirmedRequest.objects.update(expires_at=now() - timedelta(seconds=1))
    PublicUse.objects.update(began_at=now() - timedelta(days=3))
    tasks.look(timestamp=0)
    assert not UnconfirmedRequest.objects.exists()
    assert not PublicUse.objects.exists()
