"""C32, A30: the templates, and the way of a file from the upload to its result and back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import fastexcel
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kith.access.models import User
from kith.sources import claim_templates
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceRecord, SourceSystem

SignIn = Callable[[User], Client]
FILE = (
    "Contact Type,Contact Code,First Name,Last Name,Contact Email,Contact Phone Country,"
    "Contact Phone Number,Nickname\n"
    "PERSON,A1,Ann,Lee,ann@example.org,GBR,07911123456,=cmd|' /C calc'!A0\n"
    "PERSON,A2,Bob,Lee,,Nowhere,07911123456,@SUM(1)\n"
    "PERSON,,Cid,Lee,,,,\n"
)


def upload(browser: Client, content: bytes, name: str = "people.csv") -> Import:
    page = browser.post(reverse("imports:contacts"), {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert page.status_code == 200, page.text
    return Import.objects.latest("pk")


@pytest.mark.parametrize("kind", ["person", "company", "mixed"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "xls"])
def test_a30_each_template_is_taken_in_as_it_is_and_with_its_example(
    kind: str, form: str, local: SourceSystem, steward: User, client_of: SignIn
) -> None:
    browser = client_of(steward)
    answer = browser.get(reverse("imports:template", args=[kind, form]))
    assert answer["Content-Type"] == claim_templates.CONTENT_TYPES[form]
    job = upload(browser, answer.content, f"template.{form}")
    assert not [header for header, field in job.mapping.items() if not field], job.mapping
    assert "0 new" in browser.get(reverse("imports:preview", args=[job.pk])).text
    if form == "csv":
        filled = (
            answer.content.decode("utf-8-sig").replace("#PERSON", "PERSON").replace("#COMPANY", "COMPANY")
        )
        number = 2 if kind == "mixed" else 1
        again = upload(browser, filled.encode())
        page = browser.get(reverse("imports:preview", args=[again.pk])).text
        assert f"{number} new" in page
        assert "0 rejected" in page
    elif form == "xlsx":
        book = fastexcel.read_excel(answer.content)
        assert book.sheet_names == ["Contacts", "Explanations"]
        assert "of new contacts" in str(book.load_sheet("Explanations").to_polars().rows())


def test_c32_from_the_upload_to_the_result_and_back(
    local: SourceSystem,
    steward: User,
    viewer: User,
    client: Client,
    client_of: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = client_of(steward)
    empty = browser.get(reverse("imports:contacts"))
    assert "Persons and companies" in empty.text
    assert client_of(viewer).get(reverse("imports:contacts")).status_code == 403
    refused = browser.post(reverse("imports:contacts"), {"file": SimpleUploadedFile("x.csv", b"\x00\x01")})
    assert refused.status_code == 422

    job = upload(browser, FILE.encode())
    preview = browser.get(reverse("imports:preview", args=[job.pk])).text
    assert "2 new" in preview
    assert "1 rejected" in preview
    assert "Nickname" in preview
    assert "Created" in preview

    browser.post(reverse("imports:start", args=[job.pk]))
    run_import(job.pk)
    with django_assert_max_num_queries(20):
        detail = browser.get(reverse("imports:detail", args=[job.pk])).text
    result = reverse("imports:result", args=[job.pk, "csv"])
    assert result in detail
    text = browser.get(result).getvalue().decode()
    lines = text.splitlines()
    head = "Row,Result,Contact Code,GroupID,Column,Reason,Contact Type,Contact Code,First Name,Last Name"
    assert lines[0].startswith(head)
    assert lines[1].startswith("2,Created,A1,")
    assert lines[2].startswith("3,Rejected,A2,,Contact Phone Country,")
    assert "'=cmd|" in text
    assert "'@SUM(1)" in text
    made = SourceRecord.objects.exclude(system_ref="A1").get().system_ref
    assert lines[3].startswith(f"4,Created,{made},")
    assert "'@SUM(1)" in browser.get(reverse("imports:rejects", args=[job.pk])).text
    sheet = openpyxl.load_workbook(
        BytesIO(browser.get(reverse("imports:result", args=[job.pk, "xlsx"])).getvalue())
    ).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "=cmd|' /C calc'!A0" in [cell.value for cell in cells]

    undo = reverse("contact-imports:undo", args=[job.pk])
    assert undo in detail
    assert "Created, and go again" in browser.get(undo).text
    assert client_of(viewer).get(undo).status_code == 403
    assert client.get(undo).status_code == 302
    assert browser.get(reverse("contact-imports:undo", args=[999_999])).status_code == 404
    assert browser.post(undo).status_code == 302
    assert "being taken back" in browser.get(reverse("imports:detail", args=[job.pk])).text
