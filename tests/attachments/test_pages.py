from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.attachments import actions
from kith.attachments.actions import Filing
from kith.attachments.models import Attachment, LibraryEntry
from kith.attachments.photos import photo_of
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.vault.keys import destroy
from tests.attachments import files
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
Answer = Any
"""Django gives the answers of its test client more than their class says."""


def attach(contact: Contact, name: str = "contract.txt", content: bytes = b"text") -> Attachment:
    return actions.attach_file(
        actor=COMMAND_LINE, contact_id=contact.pk, given=files.given(name, content), filing=Filing()
    )


def upload(browser: Client, contact: Contact, *given: tuple[str, bytes], note: str = "") -> Answer:
    data = {"chosen": [files.uploaded(*one) for one in given], "class_code": "CONTRACT", "note": note}
    return browser.post(f"/attachments/of/{contact.pk}/add/", data)


def test_c30_attachments_are_one_of_the_five_sections_and_a_tab(client_of: ClientOf, agent: User) -> None:
    contact = factories.eleni()
    attach(contact, "Lease.txt")
    browser = client_of(agent)
    page = browser.get(f"/contacts/{contact.pk}/")
    sections = [one.panel.key for one in page.context["bottom"]]
    assert len(sections) == 5
    assert sections[-1] == "notes"
    assert "attachments" in sections
    assert "Lease.txt" in page.text
    assert "Lease.txt" in browser.get(f"/contacts/{contact.pk}/attachments/").text


def test_several_files_are_attached_at_once_and_the_others_named(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    answer = upload(
        browser,
        contact,
        ("one.txt", b"1"),
        ("two.pdf", files.HTML),
        ("three.png", files.image(side=40)),
        note="N",
    )
    assert answer.status_code == 302
    assert set(Attachment.objects.values_list("name", "class_code", "note")) == {
        ("one.txt", "CONTRACT", "N"),
        ("three.png", "CONTRACT", "N"),
    }
    page = browser.get(answer.url).text
    assert "2 files attached." in page
    assert "“two.pdf” was not attached. The name says PDF" in page


def test_when_nothing_can_be_taken_what_was_typed_stays(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    answer = upload(browser, contact, ("run.exe", b"MZ" + bytes(99)), note="Typed with care")
    assert answer.status_code == 422
    assert "Typed with care" in answer.text
    assert "never taken" in answer.text
    assert not Attachment.objects.exists()
    assert browser.post(f"/attachments/of/{contact.pk}/add/", {}).status_code == 422


def test_a_file_is_downloaded_never_shown(client_of: ClientOf, viewer: User) -> None:
    contact, browser = factories.person(), client_of(viewer)
    for name, content in (("a.html", files.HTML), ("a.svg", files.SVG), ("Ελένη.pdf", files.pdf())):
        made = attach(contact, name, content)
        answer = browser.get(f"/attachments/{made.pk}/download/")
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "private, no-store"
        wanted = "application/pdf" if name.endswith("pdf") else "application/octet-stream"
        assert answer["Content-Type"] == wanted
    entries = Entry.objects.filter(event="AttachmentDownloaded", group_id=contact.pk, user=viewer)
    assert entries.count() == 3


@pytest.mark.parametrize(("name", "shown"), [("a.pdf", "First page"), ("a.png", "Preview")])
def test_pdf_and_images_have_a_preview_that_kith_drew(
    client_of: ClientOf, viewer: User, name: str, shown: str
) -> None:
    content = files.pdf() if name == "a.pdf" else files.image(side=60)
    made, browser = attach(factories.person(), name, content), client_of(viewer)
    assert shown in browser.get(f"/attachments/{made.pk}/").text
    answer = browser.get(f"/attachments/{made.pk}/preview/")
    body = b"".join(answer.streaming_content)
    assert answer["Content-Type"] in {"image/png", "image/jpeg"}
    assert body.startswith((b"\x89PNG", b"\xff\xd8"))
    assert body != content
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_has_no_preview_says_so(client_of: ClientOf, viewer: User) -> None:
    made, browser = attach(factories.person()), client_of(viewer)
    assert "No preview" in browser.get(f"/attachments/{made.pk}/").text
    assert browser.get(f"/attachments/{made.pk}/preview/").status_code == 404


def test_an_attachment_is_refiled_and_deleted_with_a_reason(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    made = attach(contact)
    edit, delete = f"/attachments/{made.pk}/edit/", f"/attachments/{made.pk}/delete/"
    assert browser.get(edit).status_code == browser.get(delete).status_code == 200
    assert browser.post(edit, {"name": "", "note": "kept"}).status_code == 422
    assert browser.post(edit, {"name": "Lease", "class_code": "OTHER", "note": ""}).status_code == 302
    assert Attachment.objects.get().name == "Lease"
    assert browser.post(delete, {"reason": "", "note": "kept words"}).status_code == 422
    assert "kept words" in browser.post(delete, {"reason": "", "note": "kept words"}).text
    assert browser.post(delete, {"reason": "wrong_contact", "note": ""}).status_code == 302
    assert not Attachment.objects.exists()
    history = browser.get(f"/contacts/{contact.pk}/history/").text
    assert "An attachment was deleted: wrong contact" in history
    assert "Lease" in history


def test_strangers_readers_and_bad_ids(client_of: ClientOf, viewer: User, agent: User) -> None:
    contact = factories.person()
    made = attach(contact)
    paths = [
        f"/attachments/of/{contact.pk}/add/",
        f"/attachments/of/{contact.pk}/from-library/",
        f"/attachments/of/{contact.pk}/photo/",
        f"/attachments/{made.pk}/edit/",
        f"/attachments/{made.pk}/delete/",
        "/attachments/library/add-file/",
        "/attachments/limits/",
    ]
    for path in paths:
        assert Client().get(path).status_code == 302
        assert client_of(viewer).get(path).status_code == 403
    missing = (
        "999/",
        "999/download/",
        "of/999/add/",
        "of/9/photo/",
        "library/999/",
        f"of/{contact.pk}/photo/9/",
    )
    for path in missing:
        assert client_of(agent).get(f"/attachments/{path}").status_code == 404
    assert client_of(agent).get(f"/attachments/{10**30}/").status_code == 404
    assert Client().get(f"/attachments/{made.pk}/download/").status_code == 302


def test_a_damaged_or_missing_file_is_said_not_sent(
    client_of: ClientOf, viewer: User, attachment_folder: Path
) -> None:
    made, browser = attach(factories.person()), client_of(viewer)
    assert made.file is not None
    path = attachment_folder / made.file.key[:2] / made.file.key
    path.write_bytes(path.read_bytes()[:-3])
    answer = browser.get(f"/attachments/{made.pk}/download/")
    assert (answer.status_code, "damaged" in answer.text) == (422, True)
    path.unlink()
    assert browser.get(f"/attachments/{made.pk}/download/").status_code == 404
    destroy([made.record_id])
    assert browser.get(f"/attachments/{made.pk}/download/").status_code == 404
    assert not Entry.objects.filter(event="AttachmentDownloaded").exists()


def test_the_number_of_queries_does_not_grow_with_attachments(client_of: ClientOf, agent: User) -> None:
    few, many, browser = factories.person(), factories.person("Ann", "Lee"), client_of(agent)
    entry = actions.add_library_url(
        actor=COMMAND_LINE, url="https://example.org", filing=Filing(name="Terms")
    )
    attach(few)
    for number in range(12):
        attach(many, f"{number}.txt")
        actions.attach_entry(actor=COMMAND_LINE, contact_id=many.pk, entry_id=entry.pk, filing=Filing())
    for tab in ("", "attachments/"):
        counts = []
        for contact in (few, many):
            browser.get(f"/contacts/{contact.pk}/{tab}")
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(f"/contacts/{contact.pk}/{tab}").status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1]


def test_c14_the_library_has_files_and_addresses_with_a_page_of_their_own(
    client_of: ClientOf, power_user: User, agent: User
) -> None:
    admin, contact = client_of(power_user), factories.person()
    given = {"file": files.uploaded("form.pdf", files.pdf()), "name": "", "class_code": "CONSENT_FORM"}
    assert admin.post("/attachments/library/add-file/", given).status_code == 302
    bad = {"url": "javascript:alert(1)", "name": "Terms", "note": "typed"}
    assert admin.post("/attachments/library/add-address/", bad).status_code == 422
    good = {"url": "https://example.org/terms", "name": "Terms", "class_code": "", "note": ""}
    assert admin.post("/attachments/library/add-address/", good).status_code == 302
    assert admin.post("/attachments/library/add-address/", good).status_code == 422
    listed = client_of(agent).get("/attachments/library/").text
    assert "form.pdf" in listed
    assert "Terms" in listed
    url, file = LibraryEntry.objects.get(name="Terms"), LibraryEntry.objects.get(name="form.pdf")
    assert "https://example.org/terms" in client_of(agent).get(f"/attachments/library/{url.pk}/").text
    assert "First page" in client_of(agent).get(f"/attachments/library/{file.pk}/").text
    page = f"/attachments/of/{contact.pk}/from-library/"
    assert "Terms" in client_of(agent).get(page).text
    assert client_of(agent).post(page, {}).status_code == 422
    assert client_of(agent).post(page, {"entry": url.pk, "note": "As agreed"}).status_code == 302
    (made,) = Attachment.objects.all()
    shown = client_of(agent).get(f"/attachments/{made.pk}/").text
    assert 'rel="noopener noreferrer nofollow"' in shown
    assert client_of(agent).get(f"/attachments/{made.pk}/download/").status_code == 404


def test_c14_a_library_entry_in_use_is_not_deleted_but_made_inactive(
    client_of: ClientOf, power_user: User
) -> None:
    admin, contact = client_of(power_user), factories.person()
    entry = actions.add_library_url(
        actor=COMMAND_LINE, url="https://example.org", filing=Filing(name="Terms")
    )
    actions.attach_entry(actor=COMMAND_LINE, contact_id=contact.pk, entry_id=entry.pk, filing=Filing())
    page = f"/attachments/library/{entry.pk}/"
    assert "cannot be deleted" in admin.get(page).text
    answer = admin.post(f"{page}delete/", follow=True)
    assert "In use as an attachment" in answer.text or "in use as an attachment" in answer.text
    given = {"url": "https://example.org/new", "name": "Terms", "class_code": "", "note": ""}
    assert admin.post(f"{page}edit/", given).status_code == 302
    entry.refresh_from_db()
    assert (entry.is_active, entry.url) == (False, "https://example.org/new")


def test_the_limits_are_changed_and_two_editors_do_not_overwrite_each_other(
    client_of: ClientOf, power_user: User, privacy_officer: User
) -> None:
    admin = client_of(power_user)
    page = admin.get("/attachments/limits/")
    assert 'value="25"' in page.text
    given = {"most_megabytes": 5, "families": ["pdf", "image"], "based_on": ""}
    assert admin.post("/attachments/limits/", given).status_code == 302
    assert admin.post("/attachments/limits/", given | {"most_megabytes": 6}).status_code == 409
    assert admin.post("/attachments/limits/", {"most_megabytes": 0, "families": []}).status_code == 422
    assert "disabled" in client_of(privacy_officer).get("/attachments/limits/").text
    assert client_of(privacy_officer).post("/attachments/limits/", given).status_code == 403


def test_c21_the_photo_is_shown_beside_the_name(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    page = f"/attachments/of/{contact.pk}/photo/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"photo": files.uploaded("me.pdf", files.pdf())}).status_code == 422
    answer = browser.post(page, {"photo": files.uploaded("me.jpg", files.photo_with_place())})
    assert answer.status_code == 302
    photo = photo_of(contact.pk)
    assert photo is not None
    address = f"/attachments/of/{contact.pk}/photo/{photo.pk}/"
    heading = browser.get(f"/contacts/{contact.pk}/").text.partition("</h1>")[0]
    assert f'src="{address}"' in heading
    shown = browser.get(address)
    assert shown["Content-Type"] == "image/jpeg"
    assert b"SECRET GARDEN" not in b"".join(shown.streaming_content)
    assert browser.post(f"{page}remove/").status_code == 302
    assert address not in browser.get(f"/contacts/{contact.pk}/").text


def test_two_who_edit_one_attachment_or_library_entry_at_once_do_not_overwrite_each_other(
    client_of: ClientOf, power_user: User
) -> None:
    browser, made = client_of(power_user), attach(factories.person())
    entry = actions.add_library_url(
        actor=COMMAND_LINE, url="https://example.org", filing=Filing(name="Terms")
    )
    for address, sent in (
        (f"/attachments/{made.pk}/edit/", {"name": "Lease"}),
        (f"/attachments/library/{entry.pk}/edit/", {"name": "Terms", "url": "https://example.org"}),
    ):
        seen = browser.get(address).context["form"].initial["seen"]
        assert browser.post(address, {**sent, "note": "theirs", "seen": seen}).status_code == 302
        clash = browser.post(address, {**sent, "note": "mine", "seen": seen})
        assert clash.status_code == 422
        assert "Saved meanwhile: theirs" in clash.text
        assert "mine</textarea>" in clash.text
        again = clash.context["form"]["seen"].value()
        assert f'value="{again}"' in clash.text
        assert browser.post(address, {**sent, "note": "mine", "seen": again}).status_code == 302
