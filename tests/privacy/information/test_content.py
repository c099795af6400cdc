"""A31: what the report says, section by section; K26: values before and after, who made it, contents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
import typst

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts import actions as accounts
from kith.accounts.rules import AccountDetails, ItemDetails, Posting
from kith.attachments.actions import Filing, attach_file
from kith.contacts import actions as contacts
from kith.contacts import trail
from kith.contacts.models import Contact
from kith.golden import actions as golden
from kith.kernel.clock import now
from kith.notes.actions import add_note
from kith.printouts import actions, drawing, pdf, sending
from kith.printouts.branding import branding_in_force
from kith.printouts.document import subject_of, written
from kith.printouts.formats import Format
from kith.printouts.presets import open_to
from kith.printouts.queries import Wish
from kith.privacy.information.presets import INFORMATION
from kith.relations.actions import add_relation
from kith.sso import actions as sign_on
from kith.sso.sealing import Words
from kith.web.formats import exact
from tests.attachments import files
from tests.contacts import factories
from tests.privacy.information.test_report import told
from tests.privacy.register.people import SAID, identified
from tests.sso.conftest import set_up

pytestmark = pytest.mark.django_db
_SECTION: Final = "heading.where(level: 2)"
DAY: Final = date(2026, 11, 1)
EACH: Final[dict[str, dict[str, object]]] = {
    "golden": {"field": "first_name", "value": "Nora", "source": "Edited by Command line"},
    "contact_details": {"field": "emails", "value": "dora@example.org", "source": "Tickets"},
    "addresses": {"value": "12 Harbour Walk, Limassol 3042, Cyprus", "source": "Tickets"},
    "user_defined": {"label": "Industry (of a person)", "value": "Fishing"},
    "suppressions": {"reason": "Manual", "note": "asked by letter", "by": "Command line"},
    "relations": {"name": "•••", "group_id": None, "note": "from school"},
    "accounts": {"number": "A-77", "state": "Active", "balance": "12.50", "currency": "EUR"},
    "account_transactions": {"account": "A-77", "reference": "R-1", "date": "2026-11-01", "amount": "12.50"},
    "linked_items": {"title": "Season 2026", "state": "Running", "reference": "SUB-9", "notes": "paid late"},
    "purchases": {"source": "Tickets", "amount": "99.90", "kind": "ticket", "description": "Season ticket"},
    "attachments": {"name": "contract.txt", "note": "signed", "by": "Command line"},
    "system_refs": {"source": "Tickets", "system_ref": "T-7", "name": "Dora Marlowe"},
    "claims": {"system_ref": "T-7", "field": "E-mail 1", "received": "Dora@Example.org"},
    "notes": {"text": "Dora rang", "by": "Command line"},
    "history": {"what": "Suppressed", "by": "Command line"},
    "changes": {"field": "Name", "before": "Dora Marlowe", "after": "Nora Marlowe"},
    "recipients": {"what": "Printout sent", "kind": "printout as JSON", "to": "A colleague"},
    "looks": {"what": "Contact viewed", "kind": "page", "by": "A colleague"},
    "requests": {"asks": "Access", "reach": SAID.reach, "words": SAID.words},
    "sso_accounts": {"sso_id": "dora-7", "email": "dora@example.net", "linked": "TICKETS T-7"},
    "stored": {"field": "System ref", "value": "dora-7"},
}
"""Of each section, in their order, what one row says of the contact below."""


def somebody(agent: User) -> Contact:
    """With something in every section."""
    factories.source("SSO")
    set_up(source="SSO", is_built_in=True)
    words = Words(
        sso_id="dora-7",
        first_name="Dora",
        last_name="Marlowe",
        email="dora@example.net",
        linked=(("TICKETS", "T-7"),),
    )
    sign_on.add_account(actor=COMMAND_LINE, words=words)
    tickets = factories.record(
        {
            "first_name": "Dora",
            "last_name": "Marlowe",
            "email_1": "Dora@Example.org",
            "address_1_line1": "12 Harbour Walk",
            "address_1_postcode": "3042",
            "address_1_city": "Limassol",
            "address_1_country": "CY",
            "custom.industry": "Fishing",
        },
        ref="T-7",
    )
    contact = factories.contact(tickets, factories.record({"first_name": "Dora"}, code="SSO", ref="dora-7"))
    factories.transaction(tickets, "99.90")
    _deal_with(contact)
    trail.viewed(contact.pk, by=agent.actor, through="page")
    asked = actions.ask_to_send(actor=agent.actor, contact_id=contact.pk, wish=Wish(format=Format.JSON))
    sending.carry_out(asked.pk)
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="asked by letter")
    identified(contact_id=contact.pk)
    return Contact.objects.get(pk=contact.pk)


def _deal_with(contact: Contact) -> None:
    given: dict[str, Any] = {"actor": COMMAND_LINE, "contact_id": contact.pk}
    other = factories.person("Zenobia", "Kallistratos")
    add_relation(**given, other_id=other.pk, code="FRIEND", note="from school")
    account = accounts.add_account(**given, details=AccountDetails(number="A-77"))
    posting = Posting(reference="R-1", date=DAY, amount=Decimal("12.50"))
    accounts.post(actor=COMMAND_LINE, account_id=account.pk, posting=posting)
    accounts.add_item(
        **given,
        details=ItemDetails(kind="subscription", title="Season 2026", reference="SUB-9", notes="paid late"),
    )
    filing = Filing(class_code="CONTRACT", note="signed")
    attach_file(**given, given=files.given("contract.txt", b"Between us"), filing=filing)
    add_note(**given, text="Dora rang")
    golden.override(
        **given, field="name", value={"first_name": "Nora", "last_name": "Marlowe"}, mode="pinned"
    )


def test_a31_each_section_is_there_and_says_what_is_stored(agent: User) -> None:
    body = told(somebody(agent))
    rows = {part["key"]: part["rows"] for part in body["sections"]}
    assert list(rows) == list(EACH)
    missing = {
        key: rows[key]
        for key, said in EACH.items()
        if not any(said.items() <= one.items() for one in rows[key])
    }
    assert not missing, json.dumps(missing, indent=1)


def test_k26_the_report_holds_old_and_new_values_of_changes_who_made_it_and_when(agent: User) -> None:
    contact, before = somebody(agent), now()
    body = told(contact)
    (changes,) = (part["rows"] for part in body["sections"] if part["key"] == "changes")
    assert [(row["before"], row["after"]) for row in changes if row["field"] == "Name"] == [
        ("Dora Marlowe", "Nora Marlowe")
    ]
    assert body["made_by"] == COMMAND_LINE.name
    assert before <= datetime.fromisoformat(body["made_at"]) <= now()


def _drawn(data: Mapping[str, pdf.Json], what: str) -> list[dict[str, Any]]:
    compiler = typst.Compiler(drawing.SOURCE, sys_inputs={"data": json.dumps(data)})
    found: list[dict[str, Any]] = json.loads(compiler.query(what))
    return found


def test_k26_the_pdf_has_a_page_of_contents_that_names_each_section_and_says_when_by_whom(
    agent: User,
) -> None:
    contact = somebody(agent)
    subject = subject_of(contact, actor=COMMAND_LINE, preset=INFORMATION)
    document = written(subject, open_to(COMMAND_LINE, INFORMATION), preset=INFORMATION)
    data = pdf.data_of(document, branding_in_force())
    (contents,) = _drawn(data, "outline")
    assert (contents["title"]["text"], contents["target"]) == ("Contents", _SECTION)
    assert [one["body"]["text"] for one in _drawn(data, _SECTION)] == [
        part.section.label for part in document.parts
    ]
    assert (data["by"], data["made"]) == (COMMAND_LINE.name, exact(document.made_at))
