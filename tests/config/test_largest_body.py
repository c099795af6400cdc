"""What is too large is refused before anything of it is read, let alone written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.attachments.sections import ATTACHMENT_LIMITS, AttachmentLimits
from kith.config.largest_body import BESIDE_FILES, FROM_STRANGERS
from kith.settings.actions import save_section
from kith.sources.models import Import
from kith.web.uploads import NamelessUploadHandler
from tests.contacts import factories

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
OPEN_PAGES: Final = ("users:sign-in", "privacy-request:form")
MEGABYTE: Final = 1024 * 1024
SECRET: Final = "a" * 32
ROW: Final = b"T-1,Marlowe\n"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes of files, chunk by chunk."""
    sizes: list[int] = []
    receive = NamelessUploadHandler.receive_data_chunk

    def count(self: NamelessUploadHandler, raw_data: bytes, start: int) -> None:
        sizes.append(len(raw_data))
        receive(self, raw_data, start)

    monkeypatch.setattr(NamelessUploadHandler, "receive_data_chunk", count)
    return sizes


def checking(client: Client) -> Client:
    """The check of the CSRF token reads the form before any view does."""
    client.handler.enforce_csrf_checks = True
    client.cookies["csrftoken"] = SECRET
    return client


def form_with(content: bytes = ROW, **fields: object) -> bytes:
    file = SimpleUploadedFile("names.csv", content)
    return encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": SECRET, **fields, "file": file})


def send(client: Client, page: str, *, says: int) -> Answer:
    """A small file, of which the request says that it has `says` bytes."""
    length = {"CONTENT_LENGTH": str(says)}
    return checking(client).generic("POST", reverse(page), form_with(), MULTIPART_CONTENT, **length)


@pytest.mark.parametrize("page", [*OPEN_PAGES, "imports:add", "contacts:suggest"])
def test_a_stranger_writes_nothing_large_to_the_disk(page: str, client: Client, written: list[int]) -> None:
    answer = send(client, page, says=FROM_STRANGERS + 1)
    assert answer.status_code == 413
    assert "larger than 5 MB" in answer.content.decode()
    assert written == []


@pytest.mark.parametrize("page", OPEN_PAGES)
def test_neither_does_whoever_is_signed_in_where_strangers_may_be(
    page: str, agent: User, client_of: ClientOf, written: list[int]
) -> None:
    assert send(client_of(agent), page, says=FROM_STRANGERS + 1).status_code == 413
    assert written == []


def test_what_is_small_enough_is_read(client: Client, written: list[int]) -> None:
    body = form_with()
    answer = checking(client).generic("POST", reverse("users:sign-in"), body, MULTIPART_CONTENT)
    assert (answer.status_code, sum(written)) == (422, len(ROW))


def test_an_import_of_the_allowed_size_still_works(
    administrator: User, client_of: ClientOf, written: list[int]
) -> None:
    content = b"Ref,Last name\n" + ROW * (6 * MEGABYTE // len(ROW))
    assert len(content) > FROM_STRANGERS
    body = form_with(content, source=factories.source().pk, kind="contacts")
    client = checking(client_of(administrator))
    assert client.generic("POST", reverse("imports:add"), body, MULTIPART_CONTENT).status_code == 302
    assert Import.objects.count() == 1
    assert sum(written) == len(content)


def test_no_more_than_the_largest_import(
    administrator: User, client_of: ClientOf, settings: LazySettings, written: list[int]
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 600 * MEGABYTE
    answer = send(client_of(administrator), "imports:add", says=600 * MEGABYTE + BESIDE_FILES + 1)
    assert answer.status_code == 413
    assert "larger than 600 MB" in answer.content.decode()
    assert written == []


def test_where_imports_are_small_attachments_may_still_be_as_large_as_their_settings_say(
    administrator: User, client_of: ClientOf, settings: LazySettings
) -> None:
    settings.UPLOAD_LIMIT_BYTES = MEGABYTE
    save_section(actor=COMMAND_LINE, section=ATTACHMENT_LIMITS, value=AttachmentLimits(most_megabytes=3))
    body, client = form_with(b"x" * 4 * MEGABYTE), checking(client_of(administrator))
    page = reverse("attachments:add-library-file")
    assert client.generic("POST", page, body, MULTIPART_CONTENT).status_code == 422
    assert send(client, "attachments:add-library-file", says=62 * MEGABYTE).status_code == 413


@pytest.mark.parametrize("length", ["many", "-1", "1_000"])
def test_a_length_that_is_no_number_is_refused(length: str, client: Client, written: list[int]) -> None:
    sent = checking(client).generic(
        "POST", reverse("users:sign-in"), form_with(), MULTIPART_CONTENT, CONTENT_LENGTH=length
    )
    assert (sent.status_code, written) == (411, [])


def test_a_body_in_pieces_without_its_length_is_refused(client: Client, written: list[int]) -> None:
    sent = checking(client).generic(
        "POST",
        reverse("users:sign-in"),
        form_with(),
        MULTIPART_CONTENT,
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
    )
    assert (sent.status_code, written) == (411, [])
    assert "length" in sent.content.decode()


def test_the_api_looks_at_its_bodies_itself(client: Client) -> None:
    answer = send(client, "api:send_import", says=10**12)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/json")


@pytest.mark.parametrize("key", [{}, {"HTTP_IDEMPOTENCY_KEY": "a-change-of-a-stranger"}])
def test_the_api_reads_nothing_of_whoever_has_no_key(
    key: dict[str, str], client: Client, written: list[int]
) -> None:
    form = form_with(source="LOCAL", kind="contacts")
    answer = client.generic("POST", reverse("api:send_import"), form, MULTIPART_CONTENT, **key)
    assert (answer.status_code, written) == (401, [])
