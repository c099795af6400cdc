"""The report to a person names no third person and no colleague; what a list says of many it says of each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.attachments.actions import Filing, attach_file
from kith.contacts import actions as contacts
from kith.contacts.models import Suppression
from kith.contacts.settings.relation_types import relation_types_in_force
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.lists.actions import apply_list, draft_list
from kith.golden import actions as golden
from kith.grouping.intents import Group, KeepApart
from kith.notes.actions import add_note
from kith.printouts import actions
from kith.printouts.formats import Format
from kith.printouts.queries import Wish
from kith.relations.actions import add_relation
from kith.sources.models import SourceRecord
from kith.stewardship import requests
from kith.web.formats import group_id
from tests.attachments import files
from tests.claims import claim
from tests.contacts import factories
from tests.golden.test_overrides import UNTIL_CHANGED, again, contact_of
from tests.privacy.information.test_report import told
from tests.stewardship.asking import settle, strangers

pytestmark = pytest.mark.django_db
Row = dict[str, Any]


def rows(body: dict[str, Any], key: str) -> list[Row]:
    (found,) = (part["rows"] for part in body["sections"] if part["key"] == key)
    return list(found)


def test_a31_no_third_person_is_named_by_its_group_id(steward: User) -> None:
    one, joins, apart, asked = strangers(4)
    actor = steward.actor
    requests.ask(actor=actor, intent=Group(master=one.pk, children=(joins.pk,)))
    requests.ask(actor=actor, intent=KeepApart(contacts=(one.pk, apart.pk)))
    settle(changes_wait=True)
    waits = requests.ask(actor=actor, intent=Group(master=asked.pk, children=(one.pk,))).request
    assert waits is not None
    requests.cancel(actor=actor, request_id=waits.pk)
    body = told(one)
    whole = json.dumps(body, ensure_ascii=False)
    assert [pk for pk in (apart.pk, asked.pk) if str(pk) in whole or group_id(pk) in whole] == []
    history = rows(body, "history")
    assert {
        ("Grouped, A System Ref came from •••", "A colleague"),
        ("Kept apart, from •••", "A colleague"),
        ("Asked for: grouping with GroupID •••", "A colleague"),
        ("Cancelled: grouping with GroupID •••", "A colleague"),
    } <= {(row["what"], row["by"]) for row in history}
    assert steward.name not in json.dumps(history)


def test_whose_edit_a_source_ended_is_a_colleague(steward: User) -> None:
    claim("TICKETING", "1", last_name="Reid", email_1="old@example.com")
    one = contact_of(SourceRecord.objects.get())
    golden.override(
        actor=steward.actor,
        contact_id=one.pk,
        field="emails",
        value={"email_1": "typed@example.com"},
        mode=UNTIL_CHANGED,
    )
    claim("TICKETING", "1", last_name="Reid", email_1="new@example.com")
    history = rows(told(again(one)), "history")
    said = "E-mail: another value came, and the edit by a colleague ended"
    assert said in [row["what"] for row in history]
    assert steward.name not in json.dumps(history)


def test_a_printout_for_colleagues_names_both(steward: User) -> None:
    one, joins, apart = strangers(3)
    requests.ask(actor=steward.actor, intent=Group(master=one.pk, children=(joins.pk,)))
    requests.ask(actor=steward.actor, intent=KeepApart(contacts=(one.pk, apart.pk)))
    contacts.suppress(actor=COMMAND_LINE, contact_id=one.pk, reason="manual", note="")
    Suppression.objects.update(user=steward, actor=steward.name)
    wish = Wish(format=Format.JSON, sections=("suppressions", "history"))
    body = json.loads(actions.print_contact(actor=COMMAND_LINE, contact_id=one.pk, wish=wish).body)
    history = {(row["what"], row["by"]) for row in rows(body, "history")}
    assert (f"Kept apart, from {apart.pk}", steward.name) in history
    assert [row["by"] for row in rows(body, "suppressions")] == [steward.name]


def test_who_suppressed_is_a_colleague(privacy_officer: User) -> None:
    one = factories.person()
    contacts.suppress(actor=privacy_officer.actor, contact_id=one.pk, reason="manual", note="asked")
    contacts.suppress(actor=COMMAND_LINE, contact_id=one.pk, reason="opt_out", note="asked")
    said = [(row["reason"], row["by"]) for row in rows(told(one), "suppressions")]
    assert said == [("Manual", "A colleague"), ("Opt-out", COMMAND_LINE.name)]


def test_a_list_says_of_each_where_it_comes_from_and_why_and_nothing_of_the_others() -> None:
    one, other = factories.person(email_1="ann@example.com"), factories.person(email_1="bob@example.com")
    because = Because(reason="imported", note="Robinson list of May", source="Authority")
    draft = draft_list(
        actor=COMMAND_LINE,
        file_name="no.csv",
        content=[b"email\nann@example.com\nbob@example.com\n"],
        because=because,
    )
    taken = apply_list(actor=COMMAND_LINE, list_id=draft.pk)
    expected = [("Authority", "Robinson list of May")]
    assert [(row["source"], row["note"]) for row in rows(told(one), "suppressions")] == expected
    Suppression.objects.filter(pk=taken.suppression_id).update(note="", source="")
    body = told(one)
    assert [(row["source"], row["note"]) for row in rows(body, "suppressions")] == expected
    assert "bob@example.com" not in json.dumps(body)
    assert str(other.pk) not in json.dumps(body)


def test_a31_no_section_names_a_colleague(steward: User) -> None:
    one, other = strangers(2)
    actor = steward.actor
    add_note(actor=actor, contact_id=one.pk, text="Called about the matinee")
    contract, filing = files.given("contract.txt", b"Between us"), Filing(class_code="CONTRACT", note="")
    attach_file(actor=actor, contact_id=one.pk, given=contract, filing=filing)
    code = relation_types_in_force().types[0].code
    add_relation(actor=actor, contact_id=one.pk, other_id=other.pk, code=code)
    golden.override(
        actor=actor,
        contact_id=one.pk,
        field="emails",
        value={"email_1": "typed@example.com"},
        mode=UNTIL_CHANGED,
    )
    body = told(again(one))
    assert steward.name not in json.dumps(body, ensure_ascii=False)
    assert [rows(body, key)[0]["by"] for key in ("notes", "attachments", "relations")] == ["A colleague"] * 3
