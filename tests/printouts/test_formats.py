"""The formats of a printout, without a database."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import fastexcel
import pytest
import typst

from kith.config import mail
from kith.config.environment import BadEnvironment
from kith.contacts.report import Fact, Facts, ReportSection, Subject, columns, table
from kith.contacts.vcard import Card
from kith.kernel.decision import Decision
from kith.printouts import drawing, pdf, plain, sheets
from kith.printouts.branding import Branding
from kith.printouts.document import Document, Part
from kith.printouts.formats import Format, file_of
from kith.printouts.models import Sending
from kith.printouts.rules import WAITS, may_send, wait_after

EVIL = '#eval("1+1") $x^2$ *b* `c` @ref <l> #read("/etc/passwd") \\ //'
FORMULA = '=HYPERLINK("http://evil.example","x")'
NAMES = ("Αικατερίνη Παππά", "محمد العلي", "Нина", "דוד כהן")


def _nothing(subject: Subject) -> Facts:
    raise NotImplementedError


def section(key: str, label: str) -> ReportSection:
    return ReportSection(key=key, label=label, about="", load=_nothing)


def document(*, name: str = EVIL, rows: int = 2) -> Document:
    facts = Facts(
        (
            Fact(field="last_name", label="Last name", value=FORMULA, source="Shop"),
            Fact(field="birth_date", label="Date of birth", value=date(1987, 3, 14), words="14 Mar 1987"),
            *(Fact(field="first_name", label="First name", value=one) for one in NAMES),
        )
    )
    heads = {"date": "Date", "description": "Description", "amount": "Amount", "empty": "Empty"}
    cells = [(date(2026, 11, 22), EVIL, Decimal("-12.50"), None) for _ in range(rows)]
    return Document(
        preset="Printout",
        group_id=1_048_576,
        kind="Person",
        name=name,
        standing="",
        made_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        made_by="Maria",
        parts=(
            Part(section("golden", "Golden details"), facts),
            Part(section("purchases", "Transactions"), table(heads, list(cells))),
            Part(section("none", "Nothing: at [all]"), table(heads, [])),
        ),
        card=Card(group_id=1_048_576, name=name),
    )


def test_c33_csv_and_json_hold_the_values_as_stored_and_no_cell_is_a_formula() -> None:
    lines = list(csv.reader(io.StringIO(plain.write_csv(document()).decode("utf-8-sig"))))
    assert lines[0] == ["Section", "Row", "Field", "Value", "Note", "Source", "Said at"]
    assert ["Golden details", "1", "Last name", f"'{FORMULA}", "", "Shop", ""] in lines
    assert ["Transactions", "2", "Amount", "-12.50", "", "", ""] in lines
    body = json.loads(plain.write_json(document()))
    golden, bought, none = body["sections"]
    assert golden["rows"][1] == {
        "field": "birth_date",
        "label": "Date of birth",
        "value": "1987-03-14",
        "note": "",
        "source": "",
        "said_at": None,
    }
    assert bought["rows"][0] == {"date": "2026-11-22", "description": EVIL, "amount": "-12.50", "empty": None}
    assert none["rows"] == []


def test_c33_a_workbook_has_a_sheet_for_each_section_and_no_formula() -> None:
    made = sheets.write(document())
    book = fastexcel.read_excel(made)
    assert book.sheet_names == ["Contact", "Golden details", "Transactions", "Nothing  at  all"]
    first = book.load_sheet("Golden details").to_polars().row(0)
    assert first[:2] == ("Last name", FORMULA)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        cells = b"".join(parts.read(one) for one in parts.namelist() if one.startswith("xl/worksheets"))
    assert b"<f>" not in cells
    assert b"<hyperlink" not in cells


def test_c33_what_people_typed_is_never_markup_of_the_pdf() -> None:
    data = {**pdf.data_of(document(), Branding(organisation=EVIL, footer=EVIL))}
    compiler = typst.Compiler(drawing.SOURCE, sys_inputs={"data": json.dumps(data)})
    (heading, *_) = json.loads(compiler.query("heading"))
    assert heading["body"]["child"]["text"] == data["name"]
    assert str(data["name"]).replace("\u200b", "") == EVIL


def test_c33_a_pdf_is_drawn_in_every_script_the_wheel_brings_and_names_what_it_cannot() -> None:
    made = drawing.draw(dict(pdf.data_of(document(), Branding())), fonts=[], made_at=0)
    assert made.startswith(b"%PDF")
    assert b"pdfuaid" in made
    strange = replace(document(name="\U000f0000 \x07x"), parts=())
    partly = drawing.draw(dict(pdf.data_of(strange, Branding())), fonts=[], made_at=0)
    assert partly.startswith(b"%PDF")
    assert b"pdfuaid" not in partly
    said = 'error: the text `"王"` could not be displayed\nerror: the text `"\\u{7}"` could not be displayed'
    assert drawing.undrawn(said) == "U+738B, U+0007"


def test_c33_empty_columns_are_left_out_and_amounts_stand_right() -> None:
    data = json.loads(json.dumps(pdf.data_of(document(), Branding())))
    heads = [(one["label"], one["number"]) for one in data["parts"][1]["columns"]]
    assert heads == [("Date", False), ("Description", False), ("Amount", True)]


def test_the_name_of_the_file_names_nobody() -> None:
    for form in (Format.CSV, Format.JSON, Format.XLSX, Format.VCARD):
        made = file_of(document(name="Eleni Reid"), form)
        assert made.name == f"GroupID-1048576.{form.suffix}"
        assert made.body


def test_c33_the_reasons_why_it_is_not_sent_are_said_at_once() -> None:
    assert may_send(standing=Decision(()), email="a@example.org")
    refused = may_send(standing=Decision(("it is suppressed",)), email="")
    assert refused.reasons == ("it is suppressed", "the contact has no e-mail")
    trouble = Sending.Trouble
    assert [wait_after(number, trouble.UNREACHABLE) for number in range(1, 7)] == [*WAITS, None]
    assert wait_after(1, trouble.REFUSED) is None


def test_e_mail_goes_into_a_folder_until_the_environment_names_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mail.from_environment(tmp_path).stays_here
    monkeypatch.setenv("KITH_MAIL", "smtp")
    monkeypatch.setenv("KITH_SMTP_HOST", "mail.example.org")
    smtp = mail.from_environment(tmp_path).smtp
    assert (smtp.host, smtp.port, smtp.security) == ("mail.example.org", 587, "starttls")
    monkeypatch.setenv("KITH_MAIL", "postmark")
    with pytest.raises(BadEnvironment, match="KITH_MAIL_KEY"):
        mail.from_environment(tmp_path)
    monkeypatch.setenv("KITH_MAIL_KEY", "secret")
    provider = mail.from_environment(tmp_path)
    assert provider.provider == {"POSTMARK_SERVER_TOKEN": "secret"}
    assert "secret" not in repr(provider)
    monkeypatch.setenv("KITH_MAIL", "pigeon")
    with pytest.raises(BadEnvironment):
        mail.from_environment(tmp_path)


def test_columns_and_tables_keep_their_order() -> None:
    assert [one.key for one in columns(b="B", a="A")] == ["b", "a"]
