"""K26: everything that is stored of a person, to hand over; A31: what is in it; A32: one exporter."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts import trail
from kith.contacts.models import Contact
from kith.grouping.models import Move
from kith.kernel import clock
from kith.kernel.errors import NotAllowed, Refused
from kith.kernel.leaving import Leaving
from kith.printouts import actions, presets
from kith.printouts.document import subject_of, written
from kith.printouts.formats import Format, file_of
from kith.printouts.presets import PRINTOUT
from kith.printouts.queries import Wish
from kith.privacy.erasing.places import places
from kith.privacy.erasing.rows import erase_rows
from kith.privacy.information.presets import INFORMATION, REMINDER
from kith.privacy.information.sections import GIVEN, STORED
from kith.privacy.information.stored import LED_TO, NOT_FOUND, reported
from kith.relations.actions import add_relation
from kith.sources.models import Membership, SourceRecord
from tests.api.conftest import SystemWith, system_with
from tests.contacts import factories
from tests.privacy.filling import filled

__all__ = ["system_with"]
pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def report(contact: Contact, form: Format = Format.JSON) -> bytes:
    wish = Wish(format=form, preset=INFORMATION.key)
    return actions.print_contact(actor=COMMAND_LINE, contact_id=contact.pk, wish=wish).body


def told(contact: Contact) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report(contact))
    return found


def _lead(retired: Contact, *, to: Contact, held: Contact) -> None:
    """As grouping leaves it behind: its golden row stays, its System Refs are elsewhere."""
    Membership.objects.filter(contact=retired).delete()
    Contact.objects.filter(pk=retired.pk).update(
        state=Contact.State.RETIRED, retired_at=clock.now(), successor_id=to.pk
    )
    record = SourceRecord.objects.of_contact(held.pk).order_by("pk")[0]
    Move.objects.create(
        record_id=record.pk,
        from_contact_id=None,
        to_contact_id=retired.pk,
        because=Move.Because.STEWARD,
    )


def test_k26_report_holds_every_value_of_the_dump() -> None:
    """Of somebody of whom every personal field of each model holds a marker; sealed ones have a section."""
    person, other = filled("personone"), filled("persontwo")
    contact = Contact.objects.get(pk=person.contact_id)
    subject = subject_of(contact, actor=COMMAND_LINE, preset=INFORMATION)
    made = file_of(written(subject, [STORED], preset=INFORMATION), Format.JSON).body.decode()
    asked = {
        f"{place.table}.{place.model._meta.get_field(name).column}"
        for place in places()
        for name in reported(place)
    }
    assert len(asked & person.markers.keys()) > 60
    assert [where for where in asked & person.markers.keys() if person.markers[where] not in made] == []
    assert [where for where, marker in other.markers.items() if marker in made] == []


def test_k26_every_model_with_personal_values_is_found_or_on_the_list() -> None:
    unled = {place.table for place in places() if reported(place) and not place.where}
    assert unled - LED_TO.keys() == NOT_FOUND


def test_a31_golden_values_every_system_ref_who_received_data_and_who_looked() -> None:
    contact = factories.eleni()
    friend = factories.person("Zenobia", "Kallistratos")
    add_relation(
        actor=COMMAND_LINE, contact_id=contact.pk, other_id=friend.pk, code="FRIEND", note="from school"
    )
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="manual", note="asked by letter")
    trail.viewed(contact.pk, by=COMMAND_LINE, through="page")
    actions.print_contact(
        actor=COMMAND_LINE, contact_id=contact.pk, wish=Wish(format=Format.CSV, sections=("golden",))
    )
    body = told(contact)
    rows = {part["key"]: part["rows"] for part in body["sections"]}
    assert (body["made_by"], body["reminder"]) == (COMMAND_LINE.name, REMINDER)
    assert REMINDER.startswith("Source systems not included")
    assert len(rows["system_refs"]) == 4
    assert "N12" in [row["received"] for row in rows["claims"]]
    assert [row["note"] for row in rows["suppressions"]] == ["asked by letter"]
    assert [row["kind"] for row in rows["recipients"]] == ["printout as CSV"]
    assert [row["kind"] for row in rows["looks"]] == ["page"]
    assert [(row["name"], row["group_id"], row["note"]) for row in rows["relations"]] == [
        ("•••", None, "from school")
    ]
    assert "Kallistratos" not in json.dumps(body)
    stored = {(row["field"], row["value"]) for row in rows["stored"]}
    for record in SourceRecord.objects.of_contact(contact.pk):
        assert ("System ref", record.system_ref) in stored


def test_a32_one_exporter_two_presets_and_nothing_is_masked_for_the_person(agent: User) -> None:
    assert set(presets.presets()) == {PRINTOUT.key, INFORMATION.key}
    contact = factories.person("Ann", "Leeson", passport_number="K1234567")
    plain = actions.print_contact(
        actor=agent.actor,
        contact_id=contact.pk,
        wish=Wish(format=Format.JSON, sections=("golden", "claims")),
    )
    assert b"K1234567" not in plain.body
    assert b"K1234567" in report(contact)
    last = Entry.objects.filter(group_id=contact.pk).order_by("-pk")[0]
    assert (last.event, last.actor, last.detail) == (GIVEN, COMMAND_LINE.name, {"kind": "report as JSON"})
    with pytest.raises(Refused):
        actions.print_contact(
            actor=agent.actor, contact_id=contact.pk, wish=Wish(format=Format.JSON, sections=("stored",))
        )
    with pytest.raises(NotAllowed):
        actions.print_contact(
            actor=agent.actor,
            contact_id=contact.pk,
            wish=Wish(format=Format.JSON, preset=INFORMATION.key),
        )


def test_k26_as_pdf_with_contents_and_as_a_workbook() -> None:
    contact = factories.eleni()
    assert report(contact, Format.PDF).startswith(b"%PDF")
    book = load_workbook(io.BytesIO(report(contact, Format.XLSX)))
    assert "System Refs" in book.sheetnames
    assert ("Remember", REMINDER) in [row[:2] for row in book["Contact"].iter_rows(values_only=True)]


def test_k26_a_golden_row_that_may_be_somebody_elses_is_not_told() -> None:
    """A retired GroupID leads to the contact, but one of its System Refs is another person's now."""
    contact, other = factories.eleni(), factories.person("Zenobia", "Kallistratos")
    mixed = factories.person("Zenobia", "Kallistratos")
    _lead(mixed, to=contact, held=other)
    assert "Kallistratos" not in json.dumps(told(contact))
    own = factories.person("Helena", "Formername")
    _lead(own, to=contact, held=contact)
    assert "Formername" in json.dumps(told(contact))


def test_k26_refused_after_anonymisation() -> None:
    contact = factories.eleni()
    records = SourceRecord.objects.of_contact(contact.pk).order_by("pk").values_list("pk", flat=True)
    leaving = Leaving(group_ids=(contact.pk,), record_ids=tuple(records))
    with transaction.atomic():
        erase_rows(leaving, erasure=uuid4())
    with pytest.raises(Refused, match="anonymised"):
        report(contact)
    assert not Entry.objects.filter(group_id=contact.pk, event=GIVEN).exists()


def test_k26_page_of_the_privacy_officer(client_of: ClientOf, privacy_officer: User, agent: User) -> None:
    contact = factories.eleni()
    page, file = (reverse(f"information:{name}", args=[contact.pk]) for name in ("report", "file"))
    browser = client_of(privacy_officer)
    assert "Source systems not included" in browser.get(page).text
    assert browser.get(file).status_code == 405
    assert not Entry.objects.filter(event=GIVEN).exists()
    assert browser.post(file, {"format": "csv"}).status_code == 422
    made = browser.post(file, {"format": "json"})
    assert json.loads(made.content)["made_by"] == privacy_officer.actor.name
    assert made["Content-Disposition"].startswith("attachment")
    assert Entry.objects.get(event=GIVEN).user_id == privacy_officer.pk
    assert browser.get(reverse("information:report", args=[contact.pk + 999])).status_code == 404
    assert client_of(agent).get(page).status_code == 403
    assert "Request Information…" in browser.get(reverse("contacts:detail", args=[contact.pk])).text
    assert (
        "Request Information…" not in client_of(agent).get(reverse("contacts:detail", args=[contact.pk])).text
    )


def test_k26_over_the_api(system_with: SystemWith) -> None:
    contact = factories.eleni()
    address = f"/api/v1/contacts/{contact.pk}/information"
    made = system_with(RoleName.PRIVACY_OFFICER).client.get(address)
    assert json.loads(made.content)["group_id"] == contact.pk
    assert Entry.objects.filter(group_id=contact.pk, event=GIVEN).count() == 1
    assert system_with(RoleName.AGENT).client.get(address).status_code == 403
    assert system_with(RoleName.PRIVACY_OFFICER).client.get(f"{address}?format=vcard").status_code == 422
