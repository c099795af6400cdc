"""A file of who must not be reached: looked at, applied as one, undone as one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts.standing import standing_of
from kith.contacts.suppressions import bodies
from kith.contacts.suppressions.actions import Because, lift_value
from kith.contacts.suppressions.arriving import claims_written
from kith.contacts.suppressions.bodies import body_of
from kith.contacts.suppressions.emptying import empty_values, opened_lists
from kith.contacts.suppressions.lists import actions, reading
from kith.contacts.suppressions.models import SuppressedValue, SuppressionList
from kith.contacts.tasks import apply_suppression_list
from kith.golden import actions as golden
from kith.kernel.errors import NotAllowed, Refused
from kith.kernel.leaving import Leaving
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
IMPORTED = Because(reason="imported", note="Robinson list", source="Authority")
DETAIL = "suppressions:list-detail"


def drafted(text: str | bytes, because: Because = IMPORTED) -> SuppressionList:
    content = text.encode() if isinstance(text, str) else text
    return actions.draft_list(
        actor=COMMAND_LINE, file_name="C:\\lists\\no.csv", content=[content], because=because
    )


def applied(text: str) -> SuppressionList:
    return actions.apply_list(actor=COMMAND_LINE, list_id=drafted(text).pk)


def reasons(contact_id: int | None) -> list[str]:
    return [one.reason for one in standing_of([contact_id or 0])[contact_id or 0]]


def counts(one: SuppressionList) -> tuple[int, int, int, int]:
    return (one.known, one.unknown, one.repeated, one.bad)


def test_the_preview_says_who_is_found_who_is_not_and_which_rows_are_bad() -> None:
    has = factories.person(email_1="ann@example.com")
    named = factories.person(ref="M-7")
    draft = drafted(
        "E-mail,Phone,System Ref,Whatever\n"
        "ANN@example.com,,,x\n"
        "new@example.com,+357 99 123456,,x\n"
        ",,M-7,x\n"
        "ann@,12,M-8,x\n"
        "ann@example.com,,,again\n"
        ",,,nothing\n"
    )
    assert counts(draft) == (2, 2, 1, 4)
    assert [(one["row"], one["column"]) for one in draft.bad_rows] == [
        (5, "E-mail"),
        (5, "Phone"),
        (5, "System Ref"),
        (7, ""),
    ]
    assert draft.file_name == "no.csv"
    assert b"ann@example.com" not in bytes(draft.body or b"")
    assert "ann@" not in str(draft.bad_rows)
    assert reasons(has.pk) == reasons(named.pk) == []


def test_k23_a_list_applies_as_one_and_is_undone_as_one() -> None:
    has = factories.person(email_1="ann@example.com")
    named = factories.person(ref="M-7")
    taken = applied("email,system ref\nann@example.com,\nnew@example.com,M-7\n")
    assert (taken.state, taken.body) == ("in_force", None)
    assert reasons(has.pk) == reasons(named.pk) == ["imported"]
    later = contacts.add_contact(
        actor=COMMAND_LINE, kind="person", claim={"last_name": "Roe", "email_1": "new@example.com"}
    )
    assert reasons(later) == ["imported"]
    with pytest.raises(Refused, match="note"):
        actions.undo_list(actor=COMMAND_LINE, list_id=taken.pk, note="")
    contacts.suppress(actor=COMMAND_LINE, contact_id=has.pk, reason="manual", note="")
    actions.undo_list(actor=COMMAND_LINE, list_id=taken.pk, note="The wrong file")
    assert reasons(has.pk) == ["manual"]
    assert reasons(named.pk) == reasons(later) == []
    assert not SuppressedValue.objects.filter(lift__isnull=True).exists()
    with pytest.raises(Refused, match="not in force"):
        actions.undo_list(actor=COMMAND_LINE, list_id=taken.pk, note="again")
    with pytest.raises(Refused, match="already"):
        actions.apply_list(actor=COMMAND_LINE, list_id=taken.pk)
    events = set(Entry.objects.values_list("event", flat=True))
    assert {"SuppressionListDrafted", "SuppressionListTaken", "SuppressionListUndone"} <= events


@pytest.mark.parametrize(
    "text", ["ann@example.com\nbob@example.com\n", "whom\nann@example.com\nbob@example.com\n"]
)
def test_one_column_needs_no_name(text: str) -> None:
    assert counts(drafted(text)) == (0, 2, 0, 0)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("ann@example.com\nbob\n", (0, 1, 0, 1)),
        ("ann@example.com \nann@example.com\nbob\n", (0, 1, 1, 1)),
        ("+357 99 123456\nbob\n", (0, 1, 0, 1)),
        ("tel +357 99 123456\nbob\n", (0, 1, 0, 1)),
        ("ann@\nbob@example.com\n", (0, 1, 0, 1)),
        ("M-7\nM-8\n", (1, 0, 0, 1)),
        ("seven\nM-8\n", (1, 0, 0, 1)),
        ("M-9\nann@example.com\n", (0, 1, 0, 1)),
        ("Ann Lee\nann@example.com\nbob\n", (0, 1, 0, 1)),
    ],
)
def test_what_a_list_without_a_header_begins_with_is_a_row_and_no_name_of_a_column(
    text: str, counted: tuple[int, int, int, int]
) -> None:
    factories.person(ref="M-7")
    factories.person(ref="seven")
    draft = drafted(text)
    assert counts(draft) == counted
    assert {one["column"] for one in draft.bad_rows} == {"Column 1"}
    stored = str(SuppressionList.objects.defer("body").values("bad_rows", "note", "source").get())
    assert [one for one in text.split() if one in stored] == []


def test_the_first_row_of_a_list_without_a_header_is_row_1() -> None:
    draft = drafted("ann@\nbob\nbob@example.com\n")
    assert [one["row"] for one in draft.bad_rows] == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com,Ann\nbob@example.com,Bob\n",
        "+35799123456;phone +35799123456\n+35799123457;x\n",
        "email 357991;town\nann@example.com;Bonn\n",
    ],
)
def test_several_columns_need_a_name_and_no_refusal_says_what_stands_in_them(text: str) -> None:
    with pytest.raises(Refused, match="None of the columns") as refused:
        drafted(text)
    assert not any(sign.isdigit() or sign == "@" for sign in refused.value.message)


def test_rows_that_were_stored_under_an_e_mail_as_column_are_cleaned() -> None:
    draft = drafted("email\nann@\n")
    columns = [
        "eleni@example.com",
        "+357 99 123456",
        "Eleni Nikolaou",
        "E-mail (2)",
        "System Ref",
        "Κινητό",
        "",
    ]
    bad = [{"row": 2, "column": one, "reason": "neither an e-mail nor a phone"} for one in columns]
    SuppressionList.objects.filter(pk=draft.pk).update(bad_rows=bad)
    migration = import_module("kith.contacts.migrations.0021_bad_rows_of_lists_name_nobody")
    migration.name_nobody(apps, None)
    draft.refresh_from_db()
    cleaned = ["Column 1"] * 3 + columns[3:]
    assert draft.bad_rows == [{**row, "column": name} for row, name in zip(bad, cleaned, strict=True)]


def test_a_system_ref_of_two_sources_needs_its_source() -> None:
    one = factories.person(ref="7", code="TICKETS")
    factories.person(ref="7", code="SHOP")
    assert drafted("system ref\n7\n").bad_rows[0]["reason"].startswith("several sources")
    assert counts(applied("system ref,source\n7,tickets\n")) == (1, 0, 0, 0)
    assert reasons(one.pk) == ["imported"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"name,town\nAnn,Bonn\n", "None of the columns"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), r"\w"),
        (b"email\n", "names nobody"),
        (b"PK\x03\x04" + b"\x00" * 40, r"\w"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        drafted(content)
    assert not SuppressionList.objects.exists()


def test_a_list_has_a_largest_size_and_a_largest_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 2)
    with pytest.raises(Refused, match="more than 2 entries"):
        drafted("email\na@example.com\nb@example.com\nc@example.com\n")
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    with pytest.raises(Refused, match="larger than"):
        drafted("email\na@example.com\n")


def test_a_list_has_a_largest_number_of_rows_of_which_empty_ones_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    assert counts(drafted("email\nann@example.com\n\n\n \n\nann@example.com\n")) == (0, 1, 1, 0)
    with pytest.raises(Refused, match="more than 2 rows"):
        drafted("email\nann@\nann@\nann@\n")


@pytest.mark.parametrize("far", ["XFD1048576", "K1048576"])
def test_a_workbook_that_would_take_gigabytes_is_refused(far: str) -> None:
    book = openpyxl.Workbook()
    (sheet,) = book.worksheets
    sheet["A1"], sheet["A2"], sheet[far] = "E-mail", "ann@example.com", "x"
    into = io.BytesIO()
    book.save(into)
    with pytest.raises(Refused, match="too many to read"):
        drafted(into.getvalue())


def test_a_list_without_a_readable_row_is_not_applied() -> None:
    draft = drafted("email\nann@\n")
    with pytest.raises(Refused, match="nothing would be suppressed"):
        actions.apply_list(actor=COMMAND_LINE, list_id=draft.pk)


def test_a_long_list_is_a_job_that_may_be_started_twice(
    monkeypatch: pytest.MonkeyPatch, privacy_officer: User
) -> None:
    has = factories.person(email_1="ann@example.com")
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    draft = actions.draft_list(
        actor=privacy_officer.actor,
        file_name="a.csv",
        content=[b"email\nann@example.com\nbob@example.com\n"],
        because=IMPORTED,
    )
    waiting = actions.apply_list(actor=privacy_officer.actor, list_id=draft.pk)
    assert waiting.state == "waiting"
    assert reasons(has.pk) == []
    with pytest.raises(NotAllowed):
        actions.carry_out(actor=NOBODY, list_id=draft.pk)
    for _ in range(2):
        actions.carry_out(actor=privacy_officer.actor, list_id=draft.pk)
    assert reasons(has.pk) == ["imported"]
    assert apply_suppression_list.name == actions.TASK


def test_whoever_has_two_values_of_a_list_stays_suppressed_when_one_is_unflagged() -> None:
    both = factories.person(email_1="ann@example.com", email_2="ann2@example.com")
    applied("email\nann@example.com\nann2@example.com\n")
    first, second = SuppressedValue.objects.order_by("pk")
    lift_value(actor=COMMAND_LINE, value_id=first.pk, note="asked")
    assert reasons(both.pk) == ["imported"]
    lift_value(actor=COMMAND_LINE, value_id=second.pk, note="asked")
    assert reasons(both.pk) == []


def test_another_value_counts_where_somebody_typed_it_and_where_it_is_emptied(administrator: User) -> None:
    typed = factories.person(email_1="ann@example.com")
    golden.override(
        actor=administrator.actor,
        contact_id=typed.pk,
        field="emails",
        value={"email_1": "ann2@example.com"},
        mode="pinned",
    )
    emptied = factories.person(email_1="ann@example.com", phone_1="+35799123456")
    applied("email,phone\nann@example.com,+35799123456\nann2@example.com,\n")
    SuppressedValue.objects.filter(kind="phone").update(value="")
    first = SuppressedValue.objects.get(value="ann@example.com")
    lift_value(actor=COMMAND_LINE, value_id=first.pk, note="asked")
    assert (reasons(typed.pk), reasons(emptied.pk)) == (["imported"], ["imported"])


def test_unflagging_a_value_asks_as_many_questions_for_many_as_for_one() -> None:
    numbers = []
    for number in (1, 6):
        names = [f"shared{number}@example.com", f"own{number}@example.com"]
        for _ in range(number):
            factories.person(email_1=names[0], email_2=names[1])
        applied("email\n" + "\n".join(names) + "\n")
        value = SuppressedValue.objects.get(value=names[0])
        with CaptureQueriesContext(connection) as asked:
            lift_value(actor=COMMAND_LINE, value_id=value.pk, note="asked")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_a_list_that_waits_is_opened_once_for_many_who_are_anonymised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drafted("email\nbob@example.com\n")
    opened: list[int] = []
    body = bodies.body_of

    def counted(waiting: SuppressionList) -> bodies.Body:
        opened.append(waiting.pk)
        return body(waiting)

    monkeypatch.setattr(bodies, "body_of", counted)
    people = [factories.person(email_1=f"p{number}@example.com") for number in range(3)]
    for person in people:
        with transaction.atomic():
            empty_values(Leaving(group_ids=(person.pk,), record_ids=(person.primary_record_id or 0,)))
    assert len(opened) == 1
    late = factories.person(email_1="late@example.com")
    drafted("email\nlate@example.com\n")
    with transaction.atomic():
        empty_values(Leaving(group_ids=(late.pk,), record_ids=(late.primary_record_id or 0,)))
    assert b"late@example.com" not in b"".join(one.content for one in opened_lists())


def test_whoever_is_anonymised_is_taken_out_of_a_list_that_waits() -> None:
    person = factories.person(email_1="ann@example.com", ref="M-7")
    draft = drafted("email,system ref\nann@example.com,M-7\nbob@example.com,\n")
    (opened,) = opened_lists()
    assert b"ann@example.com" in opened.content
    record_id = person.primary_record_id or 0
    with transaction.atomic():
        empty_values(Leaving(group_ids=(person.pk,), record_ids=(record_id,)))
    (opened,) = opened_lists()
    assert b"ann@example.com" not in opened.content
    draft.refresh_from_db()
    assert body_of(draft).record_ids == ()
    actions.apply_list(actor=COMMAND_LINE, list_id=draft.pk)
    comes = factories.record({"last_name": "Lee", "email_1": "ann@example.com"})
    with transaction.atomic():
        assert claims_written(lambda: [comes.pk]) == 1


def test_drafts_that_nobody_applies_go() -> None:
    drafted("email\nann@example.com\n")
    assert actions.discard_old(actor=COMMAND_LINE) == 0
    SuppressionList.objects.update(made_at=SuppressionList.objects.get().made_at - timedelta(days=8))
    assert actions.discard_old(actor=COMMAND_LINE) == 1


def test_a_list_whose_job_waits_is_not_thrown_away_and_one_whose_job_failed_is(
    monkeypatch: pytest.MonkeyPatch, privacy_officer: User
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 0)
    for _ in range(2):
        draft = drafted("email\nann@example.com\n")
        actions.apply_list(actor=privacy_officer.actor, list_id=draft.pk)
    SuppressionList.objects.update(made_at=draft.made_at - timedelta(days=8))
    with pytest.raises(Refused, match="being applied"):
        actions.discard_list(actor=COMMAND_LINE, list_id=draft.pk)
    assert actions.discard_old(actor=COMMAND_LINE) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    actions.discard_list(actor=COMMAND_LINE, list_id=draft.pk)
    assert actions.discard_old(actor=COMMAND_LINE) == 1
    assert not SuppressionList.objects.exists()


def sent(text: str, **said: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("no.csv", text.encode()), "reason": "imported", **said}


def test_the_pages_of_a_list_lead_from_the_file_to_its_undoing(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    has = factories.person(email_1="ann@example.com")
    assert b"No lists" in browser.get(reverse("suppressions:lists")).content
    assert browser.get(reverse("suppressions:add-list")).status_code == 200
    refused = browser.post(reverse("suppressions:add-list"), sent("name,town\nAnn,Bonn\n"))
    assert refused.status_code == 422
    assert "None of the columns" in refused.text
    assert browser.post(reverse("suppressions:add-list"), {"reason": "imported"}).status_code == 422
    answer = browser.post(reverse("suppressions:add-list"), sent("email\nann@example.com\nx\n", note="N1"))
    one = SuppressionList.objects.get()
    assert answer["Location"] == reverse(DETAIL, args=[one.pk])
    page = browser.get(reverse(DETAIL, args=[one.pk])).text
    assert "What it would do" in page
    assert "Not a valid e-mail address." in page
    assert "ann@example.com" not in page
    assert browser.post(reverse("suppressions:apply-list", args=[one.pk])).status_code == 302
    assert reasons(has.pk) == ["imported"]
    listed = browser.get(reverse("suppressions:values"), {"list": str(one.pk)}).text
    assert "ann@example.com" in listed
    undo = reverse("suppressions:undo-list", args=[one.pk])
    assert browser.post(undo, {"note": ""}).status_code == 422
    assert browser.post(undo, {"note": "Wrong file"}).status_code == 302
    assert reasons(has.pk) == []
    assert "Undone" in browser.get(reverse(DETAIL, args=[one.pk])).text


def test_a_draft_is_thrown_away(privacy_officer: User, client_of: ClientOf) -> None:
    browser = client_of(privacy_officer)
    draft = drafted("email\nann@example.com\n")
    assert browser.post(reverse("suppressions:discard-list", args=[draft.pk])).status_code == 302
    assert not SuppressionList.objects.exists()


def test_who_may_not_is_refused_a_stranger_signs_in_and_an_unknown_list_is_404(
    client: Client, client_of: ClientOf, steward: User, privacy_officer: User
) -> None:
    draft = drafted("email\nann@example.com\n")
    pages = [
        reverse("suppressions:lists"),
        reverse("suppressions:add-list"),
        reverse(DETAIL, args=[draft.pk]),
    ]
    posts = [reverse(f"suppressions:{one}-list", args=[draft.pk]) for one in ("apply", "undo", "discard")]
    for address in pages:
        assert client.get(address).status_code == 302
        assert client_of(steward).get(address).status_code == 403
    for address in posts:
        assert client_of(steward).post(address).status_code == 403
        assert client_of(privacy_officer).get(address).status_code == 405
    for address in (reverse(DETAIL, args=[2**62]), f"/suppressions/lists/{2**70}/"):
        assert client_of(privacy_officer).get(address).status_code == 404


def test_the_lists_ask_as_many_questions_for_many_as_for_one(
    privacy_officer: User, client_of: ClientOf
) -> None:
    browser = client_of(privacy_officer)
    address = reverse("suppressions:lists")
    drafted("email\nann@example.com\n")
    browser.get(address)
    numbers = []
    for more in (0, 4):
        for number in range(more):
            applied(f"email\na{number}@example.com\n")
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
