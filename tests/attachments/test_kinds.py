"""What a file is, by its content; and what names hide."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from kith.attachments import rules
from kith.attachments.kinds import Family, FileKind, extension_of, kind_of, kind_of_type, plain_name
from kith.attachments.sections import AttachmentLimits
from tests.attachments import files

EXE = b"MZ" + bytes(200)


def kind(name: str, content: bytes) -> FileKind:
    return kind_of(BytesIO(content), name=name)


def refusals(name: str, content: bytes, **limits: object) -> str:
    found = rules.may_take(
        name,
        kind=kind(name, content),
        size=len(content),
        limits=AttachmentLimits(**limits),  # type: ignore[arg-type]  # of the caller
    )
    return "; ".join(found.reasons)


@pytest.mark.parametrize(
    ("name", "content", "family", "label"),
    [
        ("a.pdf", files.pdf(), Family.PDF, "PDF"),
        ("no extension", files.pdf(), Family.PDF, "PDF"),
        ("a.png", files.image(), Family.IMAGE, "PNG image"),
        ("a.jpg", files.image("JPEG"), Family.IMAGE, "JPEG image"),
        ("a.jpg", files.image("PNG"), Family.IMAGE, "PNG image"),
        ("a.webp", files.image("WEBP"), Family.IMAGE, "WebP image"),
        ("a.docx", files.docx(), Family.OFFICE, "Word document"),
        (
            "a.xlsx",
            files.zipped("[Content_Types].xml", "xl/workbook.xml"),
            Family.OFFICE,
            "Excel spreadsheet",
        ),
        (
            "a.odt",
            files.zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
            Family.OFFICE,
            "Text document",
        ),
        ("a.doc", files.OLE, Family.OFFICE, "Word document"),
        ("a.msg", files.OLE, Family.OFFICE, "Outlook message"),
        ("a.zip", files.zipped("a.txt"), Family.ARCHIVE, "ZIP archive"),
        ("a.txt", "Grüße, Ελένη".encode(), Family.TEXT, "Plain text"),
        ("a.txt", "Grüße".encode("latin-1"), Family.TEXT, "Plain text"),
        ("a.txt", "Ελένη".encode("utf-16"), Family.TEXT, "Plain text"),
        ("a.csv", b"name;town\nAnn;Limassol\n", Family.TEXT, "CSV table"),
        ("a.eml", b"From: ann@example.org\r\n\r\nHello", Family.TEXT, "E-mail"),
        ("a.html", files.HTML, Family.MARKUP, "HTML page"),
        ("a.txt", b"  \n<SCRIPT>alert(1)</SCRIPT>", Family.MARKUP, "HTML page"),
        ("a.svg", files.SVG, Family.MARKUP, "SVG drawing"),
        ("a.dat", bytes(range(256)), Family.OTHER, "Unknown kind of file"),
        ("a.exe", EXE, Family.PROGRAM, "Program"),
        ("a.pdf", EXE, Family.PROGRAM, "Program"),
        ("a.txt", b"#!/bin/sh\nrm -r .", Family.PROGRAM, "Program"),
        ("a.bat", b"echo hello", Family.PROGRAM, "Program"),
        ("a", b"\x7fELF" + bytes(200), Family.PROGRAM, "Program"),
        ("a.docm", files.zipped("[Content_Types].xml", "word/vbaProject.bin"), Family.PROGRAM, "Program"),
        ("a.zip", files.zipped("META-INF/MANIFEST.MF", "a.class"), Family.PROGRAM, "Program"),
        ("a.zip", b"PK\x03\x04 broken", Family.OTHER, "Unknown kind of file"),
    ],
)
def test_a_file_is_what_its_content_says(name: str, content: bytes, family: Family, label: str) -> None:
    found = kind(name, content)
    assert (found.family, found.label) == (family, label)


def test_a_long_text_may_be_cut_within_a_character() -> None:
    assert kind("a.txt", ("x" + "ä" * 20_000).encode()).family is Family.TEXT


@drawn(st.binary(max_size=3000), st.text(max_size=20))
def test_whatever_comes_is_something_and_never_breaks(content: bytes, name: str) -> None:
    found = kind(name, content)
    assert kind_of_type(found.media_type).media_type == found.media_type
    assert "html" not in found.served_as
    assert "svg" not in found.served_as
    assert "xml" not in found.served_as.replace("openxmlformats", "")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", files.HTML, "the name says PDF, but inside is something else (HTML page)"),
        ("a.jpg", b"just text", "the name says JPEG image"),
        ("a.docx", files.pdf(), "the name says Word document"),
        ("a.txt", b"", "the file is empty"),
        ("a.zip", files.zipped("a.txt"), "files of this kind are not taken here (ZIP archive)"),
        ("a.bat", b"echo hello", "programs, scripts and documents with macros are never taken"),
        ("", b"text", "the file has no name"),
    ],
)
def test_what_is_not_taken_says_why(name: str, content: bytes, says: str) -> None:
    assert says in refusals(name, content)


def test_what_is_taken() -> None:
    for name, content in (("a.pdf", files.pdf()), ("a.jpeg", files.image()), ("letter", b"text")):
        assert refusals(name, content) == ""


def test_the_size_is_a_setting() -> None:
    assert "larger than 1 MB" in refusals("a.txt", b"x" * (1024 * 1024 + 1), most_megabytes=1)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\scan.pdf", "scan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("two\nlines\x00.pdf", "twolines.pdf"),
        ("  Ελένη   scan.pdf ", "Ελένη scan.pdf"),
        ("/", ""),
    ],
)
def test_names_lose_folders_and_what_hides(given: str, shown: str) -> None:
    assert plain_name(given) == shown


@drawn(st.text(max_size=400))
def test_names_stay_short_and_keep_their_extension(given: str) -> None:
    name = plain_name(f"{given.replace('/', '').replace(chr(92), '')}x.pdf")
    assert len(name) <= 200
    assert extension_of(name) == "pdf"


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://example.org/terms?v=2", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://example.org", False),
        ("https://", False),
        ("https://ann:secret@example.org", False),
        ("//example.org", False),
    ],
)
def test_an_address_is_one_of_a_web_page(url: str, may: bool) -> None:
    assert bool(rules.may_be_address(url)) is may
