"""A result as a file: who may have it, what is in it, and that it is whole or not there."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import vobject
from django.conf import settings as django_settings
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import User
from kith.attachments import sweeping
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts.may.rules import Channel, Message
from kith.contacts.models import Contact
from kith.find.exporting import actions, files, tasks
from kith.find.exporting.contacting import Contacting
from kith.find.exporting.models import Export, ExportedContact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Split
from kith.jobs.progress import Cancelled, Tracker
from kith.kernel.clock import now
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.privacy.erasing import steps
from kith.sources.models import Membership
from tests.contacts import factories
from tests.find.searching import kept
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
Committed = Callable[..., AbstractContextManager[object]]
EVIL = "=HYPERLINK(1)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.ATTACHMENT_FOLDER = tmp_path / "files"
    return tmp_path / "files"


def people() -> tuple[Contact, Contact]:
    ann = factories.person(
        "Ann",
        "Leeson",
        email_1="ann@example.org",
        email_1_type="home",
        phone_1="+35799123456",
        passport_number="K1234567",
        address_1_line1="Müller, 5; \\ Straße",
        address_1_city="Limassol",
    )
    return ann, factories.person(EVIL, "Leeson")


def export(user: User, kind: Export.Kind = Export.Kind.CSV, *columns: str) -> Export:
    token = kept(user, last_name="Leeson")
    return actions.ask_export(actor=user.actor, token=token, kind=kind, codes=columns)


def bytes_of(client: Client, made: Export) -> bytes:
    answer = client.get(f"/exports/{made.pk}/file/")
    assert answer.status_code == 200
    assert isinstance(answer, StreamingHttpResponse)
    return b"".join(answer)  # type: ignore[arg-type]  # a synchronous view: plain bytes


def test_c25_a_result_is_exported_as_csv_inert_masked_and_told_of(
    steward: User, client_of: ClientOf, folder: Path
) -> None:
    ann, evil = people()
    made = tasks.written(export(steward, Export.Kind.CSV, "name", "email", "passport_number").pk)
    assert (made.state, made.total) == ("ready", 2)
    (stored,) = [one for one in folder.rglob("*") if one.is_file()]
    assert b"Leeson" not in stored.read_bytes()
    text = bytes_of(client_of(steward), made).decode("utf-8-sig")
    assert made.size == len(text.encode("utf-8-sig"))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["GroupID", "Name", "E-mail", "Passport number", "Suppressed"]
    assert [row["GroupID"] for row in rows] == [str(ann.pk), str(evil.pk)]
    assert rows[0]["E-mail"] == "ann@example.org"
    assert rows[0]["Passport number"] == "••••4567"
    assert rows[1]["Name"].startswith("'=")
    told = Entry.objects.filter(event="ContactExported", subject_id=made.pk)
    assert {(one.group_id, one.detail["kind"]) for one in told} == {(ann.pk, "CSV"), (evil.pk, "CSV")}
    for event in ("ExportAsked", "ExportMade", "ExportDownloaded"):
        entry = Entry.objects.get(event=event, subject_id=made.pk)
        assert set(entry.detail) == {"kind", "contacts", "columns"}
    assert not ExportedContact.objects.exists()
    sweeping.sweep(before=now() + timedelta(minutes=1))
    assert stored.exists()


def test_c25_a_result_is_exported_as_xlsx_whose_cells_are_text(steward: User, client_of: ClientOf) -> None:
    ann, _ = people()
    made = tasks.written(export(steward, Export.Kind.XLSX, "first_name", "phone").pk)
    body = bytes_of(client_of(steward), made)
    (sheet,) = openpyxl.load_workbook(io.BytesIO(body)).worksheets
    (header, first, second) = sheet.iter_rows()
    assert [cell.value for cell in header] == ["GroupID", "First name", "Phone", "Suppressed"]
    assert [cell.value for cell in first] == [str(ann.pk), "Ann", "+35799123456", None]
    assert {cell.data_type for cell in (*first, *second)} <= {"s", "n"}
    assert str(second[1].value).startswith("=")


def test_c25_a_result_is_exported_as_vcards_that_read_back(steward: User, client_of: ClientOf) -> None:
    people()
    made = tasks.written(export(steward, Export.Kind.VCARD).pk)
    assert made.columns == []
    cards = list(vobject.readComponents(bytes_of(client_of(steward), made).decode()))
    assert [card.version.value for card in cards] == ["4.0", "4.0"]
    assert cards[0].fn.value == "Ann Leeson"
    assert cards[0].email.value == "ann@example.org"
    assert cards[0].tel.value == "tel:+35799123456"
    assert "Müller, 5; \\ Straße" in str(cards[0].adr.value)
    assert Entry.objects.filter(event="ContactExported", detail__kind="vCard").count() == 2


def test_only_who_asked_has_it_and_only_for_seven_days(
    steward: User, power_user: User, agent: User, viewer: User, client_of: ClientOf, folder: Path
) -> None:
    people()
    made = tasks.written(export(steward).pk)
    mine, theirs = client_of(steward), client_of(power_user)
    assert "Ready" in mine.get("/exports/").text
    assert "No exports" in theirs.get("/exports/").text
    for address in ("", "file/"):
        assert theirs.get(f"/exports/{made.pk}/{address}").status_code == 404
        assert client_of(agent).get(f"/exports/{made.pk}/{address}").status_code == 403
        assert mine.get(f"/exports/987654321/{address}").status_code == 404
    with pytest.raises(NotAllowed):
        actions.ask_export(actor=viewer.actor, token=made.search_token, kind=Export.Kind.CSV)
    Export.objects.update(expires_at=now() - timedelta(seconds=1))
    assert mine.get(f"/exports/{made.pk}/file/").status_code == 404
    assert actions.remove_expired() == 1
    made.refresh_from_db()
    assert (made.state, made.sealed_key, made.file_key) == ("removed", None, "")


def test_an_export_is_written_anew_after_a_kill_and_holds_whom_it_was_asked_to_hold(steward: User) -> None:
    people()
    asked = export(steward)
    tracker = tasks.progress.start(Export.SUBJECT, asked.pk, label="Export")
    assert actions._choose(asked, actor=steward.actor) == 2
    factories.person("Later", "Leeson")
    ended = actions.write_export(actor=steward.actor, export_id=asked.pk, tracker=tracker)
    assert (ended.state, ended.total) == ("ready", 2)
    again = actions.write_export(actor=steward.actor, export_id=asked.pk, tracker=tracker)
    assert again.file_key == ended.file_key
    assert Entry.objects.filter(event="ContactExported").count() == 2


def test_a_cancelled_export_offers_nothing_and_tells_nothing(steward: User, folder: Path) -> None:
    people()
    waiting = export(steward)
    actions.cancel_export(actor=steward.actor, export_id=waiting.pk)
    assert tasks.written(waiting.pk).state == "cancelled"
    running = export(steward)

    class Stops(Tracker):
        def at(self, done: int, total: int | None = None, note: str = "", *, final: bool = False) -> None:
            raise Cancelled

    ended = actions.write_export(actor=steward.actor, export_id=running.pk, tracker=Stops(0))
    assert ended.state == "cancelled"
    assert not [one for one in folder.rglob("*") if one.is_file()]
    assert not Entry.objects.filter(event="ContactExported").exists()
    with pytest.raises(Refused):
        actions.cancel_export(actor=steward.actor, export_id=running.pk)


def test_whoever_lost_the_permission_meanwhile_gets_nothing(steward: User) -> None:
    people()
    asked = export(steward)
    steward.roles = ["viewer"]
    steward.save()
    with pytest.raises(NotAllowed):
        tasks.written(asked.pk)
    asked.refresh_from_db()
    assert asked.state == "failed"


def test_an_export_is_asked_for_on_its_page(steward: User, client_of: ClientOf) -> None:
    people()
    client, token = client_of(steward), kept(steward, last_name="Leeson")
    page = client.get("/exports/new/", {"s": token})
    assert page.status_code == 200
    assert "Leeson" not in page.text
    bad = client.post("/exports/new/", {"search": token, "kind": "csv"})
    assert bad.status_code == 422
    assert "Choose at least one column" in bad.text
    sent = client.post("/exports/new/", {"search": token, "kind": "csv", "columns": ["name"]})
    made = Export.objects.get()
    assert sent.headers["Location"] == f"/exports/{made.pk}/"
    assert "starts as soon as" in client.get(f"/exports/{made.pk}/").text
    assert client.get("/exports/new/").status_code == 400
    assert client.get("/exports/new/", {"s": "x" * 20}).status_code == 404
    for _ in range(2):
        export(steward)
    with CaptureQueriesContext(connection) as few:
        client.get("/exports/")
    with pytest.raises(Refused, match="under way"):
        export(steward)
    Export.objects.update(state="failed")
    export(steward)
    with CaptureQueriesContext(connection) as more:
        client.get("/exports/")
    assert len(more) == len(few)
    with pytest.raises(NotFound):
        actions.ask_export(actor=steward.actor, token="nothing", kind=Export.Kind.CSV)
    assert django_settings.KITH_STORED_BESIDE


def for_contacting(user: User, channel: Channel, message: Message = Message.SERVICE) -> Export:
    return actions.ask_export(
        actor=user.actor,
        token=kept(user, last_name="Leeson"),
        kind=Export.Kind.CSV,
        codes=["name"],
        contacting=Contacting(channel, message),
    )


def ids_in(client: Client, made: Export) -> list[int]:
    rows = csv.DictReader(io.StringIO(bytes_of(client, made).decode("utf-8-sig")))
    return [int(row["GroupID"]) for row in rows]


def test_k23_an_export_for_contacting_leaves_out_who_must_not_be_reached_so(
    steward: User, client_of: ClientOf
) -> None:
    free, phone, dead, refused = (factories.person(str(n), "Leeson") for n in range(4))
    contacts.suppress(actor=COMMAND_LINE, contact_id=phone.pk, reason="opt_out", note="", scope="phone")
    contacts.suppress(actor=COMMAND_LINE, contact_id=dead.pk, reason="deceased", note="")
    Contact.objects.filter(pk=refused.pk).update(direct_marketing=False)
    browser = client_of(steward)
    everybody = tasks.written(export(steward, Export.Kind.CSV, "name").pk)
    assert ids_in(browser, everybody) == [free.pk, phone.pk, dead.pk, refused.pk]
    by_phone = tasks.written(for_contacting(steward, Channel.PHONE).pk)
    assert ids_in(browser, by_phone) == [free.pk, refused.pk]
    assert "To contact by phone: service" in by_phone.words
    by_mail = tasks.written(for_contacting(steward, Channel.EMAIL, Message.MARKETING).pk)
    assert ids_in(browser, by_mail) == [free.pk, phone.pk]
    told = Entry.objects.filter(event="ContactExported", subject_id=by_phone.pk)
    assert {one.group_id for one in told} == {free.pk, refused.pk}


def test_whoever_is_suppressed_while_an_export_is_written_is_not_in_it(
    steward: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, later = factories.person("Ann", "Leeson"), factories.person("Bob", "Leeson")
    asked = for_contacting(steward, Channel.POST)
    chosen = actions._choose

    def suppress_then(made: Export, *, actor: Actor) -> int:
        total = chosen(made, actor=actor)
        contacts.suppress(actor=COMMAND_LINE, contact_id=later.pk, reason="manual", note="")
        return total

    monkeypatch.setattr(actions, "_choose", suppress_then)
    made = tasks.written(asked.pk)
    assert ids_in(client_of(steward), made) == [free.pk]
    assert not Entry.objects.filter(event="ContactExported", group_id=later.pk).exists()


def test_an_export_of_somebody_suppressed_a_moment_ago_is_not_offered(
    steward: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = factories.person("Bob", "Leeson")
    lay_down = files.lay_down

    def suppress_then(export_id: int, blocks: Iterator[bytes]) -> files.Laid:
        laid = lay_down(export_id, blocks)
        contacts.suppress(actor=COMMAND_LINE, contact_id=later.pk, reason="manual", note="")
        return laid

    monkeypatch.setattr(files, "lay_down", suppress_then)
    made = tasks.written(for_contacting(steward, Channel.EMAIL).pk)
    assert (made.state, made.failure[:12]) == ("failed", "Somebody in ")


def test_the_page_asks_what_an_export_is_for(steward: User, client_of: ClientOf) -> None:
    factories.person("Ann", "Leeson")
    browser = client_of(steward)
    token = kept(steward, last_name="Leeson")
    assert "What it is for" in browser.get("/exports/new/", {"s": token}).text
    given = {"search": token, "kind": "csv", "columns": ["name"], "channel": "email"}
    assert browser.post("/exports/new/", {**given, "channel": "fax"}).status_code == 422
    assert browser.post("/exports/new/", given).status_code == 302
    made = Export.objects.latest("pk")
    assert (made.channel, made.message) == ("email", "marketing")


def test_an_export_that_holds_somebody_who_was_anonymised_meanwhile_is_not_offered(
    steward: User,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    allow()
    ann, _ = people()
    whole = files.lay_down

    def slowly(export_id: int, blocks: Iterator[bytes]) -> files.Laid:
        laid = whole(export_id, blocks)
        steps.carry_on([order(ann).uid])
        return laid

    monkeypatch.setattr(files, "lay_down", slowly)
    with django_capture_on_commit_callbacks(execute=True):
        made = tasks.written(export(steward).pk)
    assert (made.state, "was anonymised or deleted" in made.failure) == ("failed", True)
    assert [one for one in folder.rglob("*") if one.is_file()] == []
    assert not Entry.objects.filter(event="ContactExported").exists()


def test_the_file_of_a_contact_that_held_the_system_ref_goes_too(
    steward: User, folder: Path, client_of: ClientOf
) -> None:
    allow()
    stays, leaves = factories.record({"last_name": "Leeson"}), factories.record({"last_name": "Leeson"})
    contact = factories.contact(stays, leaves)
    made = tasks.written(export(steward).pk)
    parts = ((stays.pk,), (leaves.pk,))
    carry_out(actor=COMMAND_LINE, intent=Split(contact=contact.pk, parts=parts), lift=True)
    gone = Contact.objects.get(pk=Membership.objects.get(record_id=leaves.pk).contact_id)
    assert gone.pk != contact.pk
    steps.carry_on([order(gone).uid])
    assert [one for one in folder.rglob("*") if one.is_file()] == []
    assert client_of(steward).get(f"/exports/{made.pk}/file/").status_code == 404
