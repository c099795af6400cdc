"""The audit page: by kind, by System Ref, of a contact, of a colleague, and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from kith.access.models import User
from kith.audit import journal
from kith.audit.chain import heads
from kith.audit.events import kind_of
from kith.audit.kinds import Kind
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.find.exporting import tasks as exporting
from kith.find.exporting.models import Export
from kith.kernel import clock
from kith.sources.models import Membership, SourceRecord, SourceSystem
from tests.contacts import factories
from tests.find.searching import kept

LOG = "/audit/"


@pytest.fixture(autouse=True)
def heads_file(settings: Settings, tmp_path: Path) -> Path:
    settings.JOURNAL_HEADS = tmp_path / "journal-heads"
    return tmp_path / "journal-heads"


@pytest.fixture
def client(administrator: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(administrator)


def _write(user: User, event: str, *, group_id: int | None = None, **subject: object) -> Entry:
    with transaction.atomic():
        return journal.record(
            event,
            by=user.actor,
            subject_type=str(subject.get("subject_type", "contact")),
            subject_id=int(str(subject.get("subject_id", 7))),
            group_id=group_id,
        )


def _file(client: Client, **given: str) -> bytes:
    response = client.post(f"{LOG}export/", given)
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[arg-type, attr-defined]  # the test client's own


def test_c31_a_view_a_change_and_an_export_are_three_entries(
    client: Client,
    steward: User,
    client_of: Callable[[User], Client],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path / "files"
    contact, browser, before = factories.person("Ada", "Leeson"), client_of(steward), clock.now()
    browser.get(reverse("contacts:detail", args=[contact.pk]))
    browser.post(reverse("notes:add", args=[contact.pk]), {"text": "Ada rang"})
    wish = {"search": kept(steward, last_name="Leeson"), "kind": "csv", "columns": ["name"]}
    assert browser.post("/exports/new/", wish).status_code == 302
    made = exporting.written(Export.objects.get().pk)
    assert browser.get(f"/exports/{made.pk}/file/").status_code == 200

    entries = list(Entry.objects.filter(group_id=contact.pk).order_by("pk"))
    assert [(one.event, one.user_id, kind_of(one.event)) for one in entries] == [
        ("ContactViewed", steward.pk, Kind.READS),
        ("NoteAdded", steward.pk, Kind.CHANGES),
        ("ContactExported", steward.pk, Kind.READS),
    ]
    assert before <= entries[0].at <= entries[1].at <= entries[2].at <= clock.now()
    text = client.get(LOG, {"group_id": contact.pk}).text
    for words in ("looked at a contact", "wrote a note on a contact", "exported a contact"):
        assert text.count(words) == 1


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("ContactViewed", Kind.READS),
        ("SearchMade", Kind.READS),
        ("ContactEdited", Kind.CHANGES),
        ("LinkedItemAdded", Kind.CHANGES),
        ("ContactSuppressed", Kind.PRIVACY),
        ("SuppressionLifted", Kind.PRIVACY),
        ("ContactAnonymised", Kind.PRIVACY),
        ("ErasureOrdered", Kind.PRIVACY),
        ("SignInFailed", Kind.SIGNING_IN),
    ],
)
def test_each_event_is_of_one_kind(event: str, kind: Kind) -> None:
    assert kind_of(event) is kind


def test_reads_changes_and_privacy_are_told_apart(administrator: User, client: Client) -> None:
    for event in ("ContactViewed", "ContactEdited", "ContactSuppressed"):
        _write(administrator, event)
    shown = {kind: client.get(LOG, {"kind": kind}, headers={"HX-Request": "true"}).text for kind in Kind}
    assert "looked at a contact" in shown[Kind.READS]
    assert "edited a contact" not in shown[Kind.READS]
    assert "edited a contact" in shown[Kind.CHANGES]
    assert "suppressed a contact" in shown[Kind.PRIVACY]
    assert "looked at a contact" not in shown[Kind.PRIVACY]
    assert client.get(LOG, {"kind": "gossip"}).status_code == 422


@pytest.fixture
def record(db: None) -> SourceRecord:
    source = SourceSystem.objects.create(code="CRM", name="CRM")
    record = SourceRecord.objects.create(
        source=source, system_ref="ada@example.org", kind="person", claim={}, content_hash=UUID(int=1)
    )
    Contact.objects.create(pk=1_000_077, kind="person", name="Ada")
    Membership.objects.create(record_id=record.pk, contact_id=1_000_077)
    return record


def test_by_system_ref_leads_to_its_entries_and_no_address_holds_it(
    administrator: User, client: Client, record: SourceRecord
) -> None:
    _write(administrator, "ContactViewed", group_id=1_000_077)
    _write(administrator, "PrimaryChosen", subject_type="source_record", subject_id=record.pk)
    _write(administrator, "ContactEdited", group_id=1_000_078)
    for typed in ("CRM:ada@example.org", "crm ada@example.org", " ada@example.org "):
        response = client.post(f"{LOG}system-ref/", {"system_ref": typed})
        assert response["Location"] == f"{LOG}?record={record.pk}"
    text = client.get(response["Location"], headers={"HX-Request": "true"}).text
    assert "looked at a contact" in text
    assert "chose the primary System Ref" in text
    assert "edited a contact" not in text


@pytest.mark.parametrize("typed", ["CRM:nobody", "", "x" * 300])
def test_a_system_ref_that_is_none_is_said(client: Client, record: SourceRecord, typed: str) -> None:
    response = client.post(f"{LOG}system-ref/", {"system_ref": typed})
    assert response.status_code == 422
    assert "Audit log" in response.text


def test_of_a_contact_it_shows_who_looked_also_under_earlier_groupids(
    administrator: User, agent: User, client: Client
) -> None:
    now = Contact.objects.create(kind="person", name="Ada")
    before = Contact.objects.create(
        kind="person", name="", state="retired", retired_at=clock.now(), successor=now
    )
    for _ in range(2):
        _write(agent, "ContactViewed", group_id=before.pk)
    _write(administrator, "ContactEdited", group_id=now.pk)
    text = client.get(f"{LOG}contacts/{now.pk}/").text
    assert text.count(f'href="/audit/users/{agent.pk}/"') == 3, "once in the summary, twice in the list"
    assert "looked at a contact" in text
    assert client.get(f"{LOG}contacts/99999999999999999999/").status_code == 404


def test_of_a_colleague_it_shows_what_they_did_and_with_whom(
    administrator: User, agent: User, client: Client
) -> None:
    _write(agent, "ContactViewed", group_id=1_000_009)
    _write(administrator, "ContactEdited", group_id=1_000_010)
    text = client.get(f"{LOG}users/{agent.pk}/").text
    assert "1\u2009000\u2009009" in text or "/audit/contacts/1000009/" in text
    assert "/audit/contacts/1000010/" not in text
    assert client.get(f"{LOG}users/999999/").status_code == 404


@pytest.mark.parametrize("page", ["contacts/1000009/", "users/{user}/"])
def test_the_pages_cost_the_same_with_one_and_with_many(
    administrator: User, client: Client, django_assert_num_queries: DjangoAssertNumQueries, page: str
) -> None:
    address = LOG + page.format(user=administrator.pk)
    _write(administrator, "ContactViewed", group_id=1_000_009)
    client.get(address)
    with django_assert_num_queries(9, exact=False) as first:
        client.get(address)
    for _ in range(60):
        _write(administrator, "ContactViewed", group_id=1_000_009)
    with django_assert_num_queries(len(first)):
        assert "?page=2" in client.get(address).text


@pytest.mark.parametrize("page", ["", "contacts/1/", "users/1/"])
def test_a_steward_sees_none_of_it(steward: User, client_of: Callable[[User], Client], page: str) -> None:
    client = client_of(steward)
    assert client.get(LOG + page).status_code == 403
    assert client.post(f"{LOG}export/", {"file": "csv"}).status_code == 403
    assert client.post(f"{LOG}system-ref/", {"system_ref": "x"}).status_code == 403


def test_the_export_follows_the_filters_and_is_an_entry_itself(administrator: User, client: Client) -> None:
    _write(administrator, "ContactViewed", group_id=5)
    _write(administrator, "ContactEdited", group_id=6)
    rows = list(csv.reader(io.StringIO(_file(client, file="csv", kind="reads").decode("utf-8-sig"))))
    assert rows[0][:3] == ["entry", "at", "who"]
    assert [row[5] for row in rows[1:-1]] == ["ContactViewed"]
    assert heads.read(rows[-1][1]).number >= 1
    told = Entry.objects.get(event="JournalExported")
    assert told.detail == {"kind": "csv", "entries": 1, "filters": ["kind"]}


def test_the_export_is_inert_in_a_spreadsheet(administrator: User, client: Client) -> None:
    administrator.name = '=HYPERLINK("//x")'
    administrator.save()
    _write(administrator, "ContactViewed")
    rows = list(csv.reader(io.StringIO(_file(client, file="csv").decode("utf-8-sig"))))
    assert rows[1][2] == '\'=HYPERLINK("//x")'
    (sheet,) = openpyxl.load_workbook(io.BytesIO(_file(client, file="xlsx"))).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(cell.value == '=HYPERLINK("//x")' for cell in cells)


def test_the_json_export_holds_the_head_by_which_the_journal_is_verified_later(
    administrator: User, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(administrator, "ContactViewed", group_id=5)
    body = _file(client, file="json")
    said = json.loads(body)
    assert [one["event"] for one in said["entries"]] == ["ContactViewed"]
    (tmp_path / "exported.json").write_bytes(body)
    call_command("verify-journal", head=tmp_path / "exported.json")
    assert "The journal holds" in capsys.readouterr().out


def test_an_empty_export_is_a_file_too(administrator: User, client: Client) -> None:
    assert json.loads(_file(client, file="json", group_id="1999999"))["entries"] == []


@pytest.mark.parametrize("given", [{}, {"file": "pdf"}, {"file": "csv", "since": "yesterday"}])
def test_nonsense_is_no_export(client: Client, given: dict[str, str]) -> None:
    response: HttpResponse | Iterator[bytes] = client.post(f"{LOG}export/", given)
    assert isinstance(response, HttpResponse)
    assert response.status_code == 422
    assert not Entry.objects.filter(event="JournalExported").exists()
