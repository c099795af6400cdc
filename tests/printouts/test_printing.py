"""C33: one contact on paper, in a file, and e-mailed to the contact; A32: presets of one exporter."""

from __future__ import annotations

import csv
import io
import json
import smtplib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.access.roles import RoleName
from kith.audit import journal
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts.models import Contact
from kith.contacts.trail import EXPORTED
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.notes.actions import add_note
from kith.printouts import actions, presets, sending
from kith.printouts.formats import Format
from kith.printouts.models import Sending
from kith.printouts.presets import PRINTOUT, Preset
from kith.printouts.queries import Wish
from kith.relations.actions import add_relation
from kith.settings.in_force import seen_once
from kith.sources.models import SourceRecord
from tests.api.conftest import SystemWith, system_with
from tests.contacts import factories

__all__ = ["system_with"]
pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
PDF = Wish(format=Format.PDF, sections=("golden",))
JSON = Wish(format=Format.JSON, sections=("golden",))


def printed(contact: Contact, actor: Actor, **wish: Any) -> Any:
    made = actions.print_contact(actor=actor, contact_id=contact.pk, wish=Wish(format=Format.JSON, **wish))
    body = json.loads(made.body)
    return {part["key"]: part["rows"] for part in body["sections"]}


def last_event(contact: Contact) -> tuple[str, dict[str, object]]:
    entry = Entry.objects.filter(group_id=contact.pk).order_by("-pk")[0]
    return entry.event, entry.detail


def job_arguments() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'printouts.send' ORDER BY id")
        return [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]


def test_c33_a_printout_tells_what_there_is_with_its_provenance(agent: User) -> None:
    contact = factories.eleni()
    other = factories.person("Ann", "Leeson")
    add_relation(actor=COMMAND_LINE, contact_id=contact.pk, other_id=other.pk, code="FRIEND")
    add_note(actor=COMMAND_LINE, contact_id=contact.pk, text="Call after six")
    record = SourceRecord.objects.get(system_ref="700 41 882")
    factories.transaction(record, "12.50")
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="asked")

    usual = printed(contact, agent.actor)
    golden = {row["field"]: row for row in usual["golden"]}
    assert golden["birth_date"]["value"] == "1987-03-14"
    assert golden["birth_date"]["source"] == "Members"
    reached = [(row["label"], row["value"]) for row in usual["contact_details"]]
    assert ("Phone", "+447400123456") in reached
    assert ("E-mail", "eleni.reid@example.com") in reached
    assert "12 Harbour Walk" in usual["addresses"][0]["value"]
    assert [row["name"] for row in usual["relations"]] == ["Ann Leeson"]
    assert [row["amount"] for row in usual["purchases"]] == ["12.50"]
    assert [row["reason"] for row in usual["suppressions"]] == ["Manual"]
    assert len(usual["system_refs"]) == 4
    assert not {"notes", "claims", "history"} & usual.keys()

    more = printed(contact, agent.actor, sections=("notes", "claims", "history"))
    assert [row["text"] for row in more["notes"]] == ["Call after six"]
    assert {
        "source": "Tickets",
        "system_ref": "700 41 882",
        "field": "Seat",
        "received": "N12",
    }.items() <= next(row for row in more["claims"] if row["field"] == "Seat").items()
    assert "Suppressed" in [row["what"] for row in more["history"]]
    assert last_event(contact) == (EXPORTED, {"kind": "printout as JSON"})


def test_c33_what_is_masked_for_somebody_is_masked_on_the_printout(agent: User) -> None:
    contact = factories.person("Ann", "Leeson", passport_number="K1234567")
    every = tuple(one.key for one in presets.open_to(agent.actor))
    said = json.dumps(printed(contact, agent.actor, sections=every), ensure_ascii=False)
    assert "K1234567" not in said
    assert "••••" in said
    for form in Format:
        made = actions.print_contact(
            actor=agent.actor, contact_id=contact.pk, wish=Wish(format=form, sections=every)
        )
        assert b"K1234567" not in made.body


def test_c33_a_printout_as_pdf_e_mailed_reaches_the_primary_e_mail_and_is_logged(agent: User) -> None:
    contact = factories.person("Ann", "Leeson", email_1="ann@example.org", email_2="other@example.org")
    asked = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=PDF)
    assert last_event(contact) == ("PrintoutRequested", {"kind": "printout as PDF"})
    assert job_arguments() == [{"sending_id": asked.pk}]
    assert not mail.outbox
    with pytest.raises(Refused, match="on its way"):
        actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=PDF)

    done = sending.carry_out(asked.pk)

    assert done is not None
    assert (done.state, done.attempts, done.address_mark) == ("sent", 1, "")
    (message,) = mail.outbox
    assert message.to == ["ann@example.org"]
    ((name, body, media_type),) = message.attachments
    assert (name, media_type) == (f"GroupID-{contact.pk}.pdf", "application/pdf")
    assert isinstance(body, bytes)
    assert body.startswith(b"%PDF")
    assert last_event(contact) == ("PrintoutSent", {"kind": "printout as PDF"})
    assert sending.carry_out(asked.pk) is None
    assert len(mail.outbox) == 1


def test_c33_who_may_not_be_reached_is_sent_nothing(agent: User) -> None:
    reachable = factories.person("Ann", "Leeson", email_1="ann@example.org")
    with pytest.raises(Refused, match="no e-mail"):
        actions.ask_to_send(actor=agent.actor, contact_id=factories.person().pk, wish=PDF)
    asked = actions.ask_to_send(actor=agent.actor, contact_id=reachable.pk, wish=JSON)
    contacts.suppress(actor=COMMAND_LINE, contact_id=reachable.pk, reason="opt_out", note="")

    done = sending.carry_out(asked.pk)

    assert done is not None
    assert (done.state, done.trouble) == ("failed", "suppressed")
    assert last_event(reachable)[0] == "PrintoutNotSent"
    with pytest.raises(Refused, match="is suppressed"):
        actions.ask_to_send(actor=agent.actor, contact_id=reachable.pk, wish=PDF)
    assert not mail.outbox


def test_x5_who_must_not_be_phoned_may_be_e_mailed(agent: User) -> None:
    contact = factories.person("Ann", "Leeson", email_1="ann@example.org")
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="", scope="phone")
    assert actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=PDF)
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="", scope="email")
    with pytest.raises(Refused, match="is suppressed"):
        actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=PDF)


def test_c33_another_primary_e_mail_than_the_one_seen_is_not_written_to(agent: User) -> None:
    contact = factories.person("Ann", "Leeson", email_1="ann@example.org")
    asked = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=JSON)
    contact.emails.update(value="somebody@example.org")
    done = sending.carry_out(asked.pk)
    assert done is not None
    assert (done.state, done.trouble) == ("failed", "other_email")
    gone = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=JSON)
    agent.is_active = False
    agent.save()
    done = sending.carry_out(gone.pk)
    assert done is not None
    assert done.trouble == "not_allowed"
    assert not mail.outbox


class Unreachable(EmailBackend):
    def send_messages(self, messages: Sequence[Any]) -> int:
        raise ConnectionRefusedError("ann@example.org")


class Refusing(EmailBackend):
    def send_messages(self, messages: Sequence[Any]) -> int:
        raise smtplib.SMTPRecipientsRefused({"ann@example.org": (550, b"no such user ann@example.org")})


def test_c33_an_e_mail_is_tried_again_until_it_is_given_up(
    agent: User, client_of: ClientOf, settings: Settings
) -> None:
    contact = factories.person("Ann", "Leeson", email_1="ann@example.org")
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    asked = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=JSON)
    states = [sending.carry_out(asked.pk) for _ in range(6)]
    assert [one.state for one in states if one] == [*["waiting"] * 5, "failed"]
    assert job_arguments() == [{"sending_id": asked.pk}] * 6
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    asked = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=JSON)
    refused = sending.carry_out(asked.pk)
    assert refused is not None
    assert (refused.state, refused.trouble) == ("failed", "refused")
    assert "ann@" not in json.dumps(list(Entry.objects.values_list("detail", flat=True)))
    history = client_of(agent).get(f"/contacts/{contact.pk}/history/").text
    assert "Not e-mailed to the contact: printout as JSON (The mail server refused" in history


def test_c33_what_waits_goes_with_a_deleted_contact(agent: User) -> None:
    contact = factories.person("Ann", "Leeson", email_1="ann@example.org")
    asked = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=JSON)
    actions.forget_sendings(record_ids=[asked.record_id])
    assert sending.carry_out(asked.pk) is None
    assert not mail.outbox


def information_given(contact: Contact, actor: Actor, kind: str) -> None:
    detail = {"kind": kind}
    journal.record("InformationGiven", by=actor, subject_type="contact", group_id=contact.pk, detail=detail)


def test_a32_another_preset_is_the_same_exporter_with_everything_and_its_own_log(
    privacy_officer: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = factories.eleni()
    request = Preset(
        key="request-information",
        label="Request Information",
        permission=Permission.CONTACT_SUPPRESS,
        has_choice=False,
        sight=lambda of, actor: replace(PRINTOUT.sight(of, actor), revealed=frozenset({"passport_number"})),
        log=information_given,
    )
    monkeypatch.setattr("kith.config.printout_sections.PRESETS", (PRINTOUT, request))
    said = printed(contact, privacy_officer.actor, preset="request-information")
    assert {"golden", "claims", "notes", "history", "accounts", "attachments"} <= said.keys()
    assert last_event(contact) == ("InformationGiven", {"kind": "JSON"})
    chosen = printed(contact, privacy_officer.actor, sections=("golden",))
    assert list(chosen) == ["golden"]
    assert last_event(contact) == (EXPORTED, {"kind": "printout as JSON"})
    with pytest.raises(NotFound):
        printed(contact, privacy_officer.actor, preset="nothing")
    with pytest.raises(Refused):
        printed(contact, privacy_officer.actor, sections=("nothing",))


def test_c33_the_page_hands_out_and_sends(agent: User, viewer: User, client_of: ClientOf) -> None:
    contact, browser = factories.eleni(), client_of(agent)
    page = browser.get(f"/printouts/of/{contact.pk}/")
    assert "E-mail to <bdi>" in page.text
    assert "What the sources say" in page.text
    assert "Print…" in browser.get(f"/contacts/{contact.pk}/").text
    choose = f"/printouts/of/{contact.pk}/choose/"
    given = {"format": "csv", "sections": ["golden", "addresses"], "do": "download"}
    answer = browser.post(choose, given)
    assert answer.status_code == 302
    file = browser.get(answer["Location"])
    assert file["Content-Disposition"] == f'attachment; filename="GroupID-{contact.pk}.csv"'
    assert file["Cache-Control"] == "private, no-store"
    sections = {row[0] for row in csv.reader(io.StringIO(file.content.decode("utf-8-sig")))}
    assert sections == {"Section", "Golden details", "Addresses"}
    nothing = browser.post(choose, {"format": "pdf", "do": "download"})
    assert nothing.status_code == 422
    assert "Choose at least one section" in nothing.text
    sent = browser.post(choose, {**given, "do": "send"}, follow=True)
    assert "on its way" in sent.text
    assert "Waiting" in sent.text
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="")
    assert browser.post(choose, {**given, "do": "send"}).status_code == 422
    assert "It cannot be e-mailed" in browser.get(f"/printouts/of/{contact.pk}/").text
    assert browser.get(f"/printouts/of/{contact.pk}/file/?format=doc").status_code == 422
    for path in (f"/printouts/of/{contact.pk}/", f"/printouts/of/{contact.pk}/file/?format=csv"):
        assert client_of(viewer).get(path).status_code == 403
        assert Client().get(path).status_code == 302
    assert browser.get("/printouts/of/999999999/").status_code == 404
    with pytest.raises(NotAllowed):
        actions.print_contact(actor=viewer.actor, contact_id=contact.pk, wish=JSON)


def test_the_number_of_queries_does_not_grow_with_what_is_printed(agent: User) -> None:
    contact = factories.eleni()
    record = SourceRecord.objects.of_contact(contact.pk)[0]
    every = tuple(one.key for one in presets.open_to(agent.actor))
    counts = []
    for times in (1, 2):
        for number in range(times):
            other = factories.person("Ann", f"Lee{number}")
            add_relation(actor=COMMAND_LINE, contact_id=contact.pk, other_id=other.pk, code="FRIEND")
            add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=str(number))
            factories.transaction(record, "1")
        with CaptureQueriesContext(connection) as asked, seen_once():
            printed(contact, agent.actor, sections=every)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_look_of_printouts_is_a_setting(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert browser.get("/printouts/settings/").status_code == 200
    given = {"organisation": "Apollon", "colour": "#112233", "subject": "Your details", "message": "Hello"}
    assert browser.post("/printouts/settings/save/", {**given, "colour": "red"}).status_code == 422
    assert browser.post("/printouts/settings/save/", given).status_code == 302
    assert "Apollon" in browser.get("/printouts/settings/").text


def test_c33_other_systems_print_and_send(system_with: SystemWith) -> None:
    contact = factories.eleni()
    client, viewing = system_with(RoleName.AGENT).client, system_with(RoleName.VIEWER).client
    base = f"/api/v1/contacts/{contact.pk}"
    file = client.get(f"{base}/printout?format=json&section=golden")
    assert file.status_code == 200
    assert [one["key"] for one in file.json()["sections"]] == ["golden"]
    assert client.get(f"{base}/printout?format=doc").status_code == 422
    assert client.get(f"{base}/printout?format=json&section=nothing").status_code == 422
    assert viewing.get(f"{base}/printout").status_code == 403
    asked = client.post(
        f"{base}/printout/send",
        {"format": "csv", "sections": ["golden"]},
        content_type="application/json",
        headers={"Idempotency-Key": uuid.uuid4().hex},
    )
    assert asked.status_code == 202
    sending.carry_out(asked.json()["id"])
    (listed,) = viewing.get(f"{base}/printouts").json()["items"]
    assert (listed["state"], listed["trouble"]) == ("sent", "")
    assert len(mail.outbox) == 1
    assert Sending.objects.get().user_id is None
