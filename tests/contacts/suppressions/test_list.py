from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts import actions
from kith.contacts.models import Contact, Suppression
from kith.contacts.standing import standing_of
from kith.contacts.suppressions.actions import Because, suppress_value
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
MAIL = "eleni@example.com"
LIST, EXPORT = "suppressions:list", "suppressions:export"


def suppressed(reason: str, *, note: str = "", scope: str = "all") -> Contact:
    contact = factories.person()
    actions.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason=reason, note=note, scope=scope)
    return contact


def shown(client: Client, **asked: str) -> list[int]:
    return [row.contact_ids[0] for row in client.get(reverse(LIST), asked).context["rows"]]


def test_k23_the_list_is_searched_filtered_and_counted(privacy_officer: User, client_of: ClientOf) -> None:
    client = client_of(privacy_officer)
    assert b"No suppressions" in client.get(reverse(LIST)).content
    opted_out = suppressed("opt_out", note="By letter of May")
    bounced = suppressed("bounced", scope="email")
    lifted = suppressed("manual")
    (protection,) = standing_of([lifted.pk])[lifted.pk]
    actions.lift_suppression(
        actor=COMMAND_LINE, contact_id=lifted.pk, suppression_id=protection.suppression_id, note="She asked"
    )
    assert shown(client) == [bounced.pk, opted_out.pk]
    assert shown(client, reason="opt_out") == [opted_out.pk]
    assert shown(client, scope="email") == [bounced.pk]
    for typed in (str(bounced.pk), f"{bounced.pk:,}", f"{bounced.pk:,}".replace(",", "\u00a0")):
        assert shown(client, group_id=typed) == [bounced.pk]
    wrong = client.get(reverse("suppressions:list"), {"group_id": "Reid"}).content.decode()
    assert "A GroupID is a number, like 1 048 576." in wrong
    assert "Nothing found" in wrong
    assert shown(client, ended="on") == [lifted.pk, bounced.pk, opted_out.pk]
    assert shown(client, month="1999-01") == []
    page = client.get(reverse(LIST))
    assert page.context["reasons"] == [("opt_out", "Opt-out", 1), ("bounced", "Bounced", 1)]
    assert [number for _, number in page.context["months"]] == [2]
    assert b"By letter of May" in page.content
    assert client.get(reverse(LIST), {"month": "May"}).status_code == 422


def test_the_export_holds_no_notes_and_runs_nothing(privacy_officer: User, client_of: ClientOf) -> None:
    contact = suppressed("opt_out", note="=HYPERLINK()")
    answer = client_of(privacy_officer).post(reverse(EXPORT), {})
    said = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert f",{contact.pk},Opt-out,Every channel,yes," in said
    assert "HYPERLINK" not in said


def carried_by(number: int) -> tuple[Suppression, list[Contact]]:
    """One suppression that so many contacts carry."""
    contacts = [factories.person(email_1=MAIL) for _ in range(number)]
    because = Because(reason="opt_out")
    value = suppress_value(actor=COMMAND_LINE, value=MAIL, because=because)
    return Suppression.objects.get(pk=value.suppression_id), contacts


def exported(client: Client, **asked: str) -> list[list[str]]:
    answer = client.post(reverse(EXPORT), asked)
    said = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    return list(csv.reader(io.StringIO(said)))[1:]


def test_the_export_names_every_contact_that_carries_it_and_nobody_who_was_unflagged(
    privacy_officer: User, client_of: ClientOf
) -> None:
    suppression, contacts = carried_by(6)
    actions.lift_suppression(
        actor=COMMAND_LINE, contact_id=contacts[0].pk, suppression_id=suppression.pk, note="She asked"
    )
    client = client_of(privacy_officer)
    (row,) = exported(client, reason="opt_out")
    assert row[:2] == [str(suppression.pk), " ".join(str(one.pk) for one in contacts[1:])]
    (listed,) = client.get(reverse(LIST)).context["rows"]
    assert (listed.contacts, len(listed.contact_ids)) == (5, 3)
    entry = Entry.objects.get(event="SuppressionsExported")
    assert entry.detail == {"suppressions": 1, "filters": ["reason"]}


def test_whoever_may_export_but_not_see_suppressions_gets_no_file_and_no_entry(
    steward: User, agent: User, client: Client, client_of: ClientOf
) -> None:
    suppressed("opt_out")
    assert steward.actor.may(Permission.CONTACT_EXPORT)
    assert client.post(reverse(EXPORT)).status_code == 302
    for user in (steward, agent):
        assert client_of(user).post(reverse(EXPORT)).status_code == 403
    assert not Entry.objects.filter(event="SuppressionsExported").exists()


def test_the_list_asks_as_many_questions_for_many_as_for_one(
    privacy_officer: User, client_of: ClientOf
) -> None:
    client = client_of(privacy_officer)
    suppressed("opt_out")
    client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(LIST))
    for _ in range(5):
        suppressed("bounced")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(LIST))
    assert len(many) <= len(one)


def test_strangers_sign_in_and_agents_are_refused(client: Client, agent: User, client_of: ClientOf) -> None:
    assert client.get(reverse(LIST)).status_code == 302
    assert client_of(agent).get(reverse(LIST)).status_code == 403
    assert client_of(agent).post(reverse(EXPORT)).status_code == 403
