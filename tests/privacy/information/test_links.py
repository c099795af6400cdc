"""The report by a link that opens once: sealed, counted, forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.db import connections
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.attachments import sweeping
from kith.attachments.store import Missing, store
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Split
from kith.kernel.clock import now
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.printouts.formats import File, Format
from kith.printouts.queries import Wish
from kith.privacy.erasing import steps
from kith.privacy.front import limits
from kith.privacy.information import actions
from kith.privacy.information.models import InformationLink
from kith.privacy.information.sections import GIVEN, KEY
from kith.sources.models import Membership
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.register.people import SAID, identified
from tests.privacy.test_rows import dump

ClientOf = Callable[[User], Client]
WISH = Wish(format=Format.JSON, preset=KEY)


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ATTACHMENT_STORE = "kith.attachments.store.FolderStore"
    settings.ATTACHMENT_FOLDER = tmp_path
    return tmp_path


def made(contact: Contact) -> actions.MadeLink:
    return actions.make_link(actor=COMMAND_LINE, contact_id=contact.pk, wish=WISH)


def files_in(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def where(token: str) -> str:
    return reverse("information:open", args=(token,))


@pytest.mark.django_db
def test_a31_given_by_a_link_that_opens_once_and_looking_at_it_changes_nothing(
    privacy_officer: User,
    client_of: ClientOf,
    folder: Path,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    contact = factories.eleni()
    officer, stranger = client_of(privacy_officer), Client()
    page = reverse("information:report", args=(contact.pk,))
    assert "Give by a one-time link" in officer.get(page).text
    answer = officer.post(reverse("information:link", args=(contact.pk,)), {"format": "json"})
    found = re.search(r'value="(https?://[^"]+)"', answer.text)
    assert found is not None
    assert "no-store" in answer["Cache-Control"]
    path = urlsplit(found[1]).path
    token = path.rstrip("/").rpartition("/")[2]
    assert len(token) == 43  # 32 random bytes
    assert token not in officer.get(page).text
    assert token not in dump()
    (file,) = files_in(folder)
    assert b"system_refs" not in file.read_bytes()
    for _ in range(2):
        looked = stranger.get(path)
        assert looked.status_code == 200
        assert "no-store" in looked["Cache-Control"]
    assert InformationLink.objects.get().opened_at is None
    with django_capture_on_commit_callbacks(execute=True):
        opened = stranger.post(path)
    assert json.loads(opened.content)["made_by"] == privacy_officer.actor.name
    assert opened["Content-Disposition"].startswith("attachment")
    assert stranger.post(path).status_code == 410
    assert files_in(folder) == []
    link = InformationLink.objects.get()
    assert (link.file_key, link.sealed_key) == ("", None)
    events = Entry.objects.filter(group_id=contact.pk).order_by("pk").values_list("event", "actor")
    assert [one for one in events if one[0].startswith("Information")] == [
        (GIVEN, privacy_officer.actor.name),
        ("InformationLinkMade", privacy_officer.actor.name),
        ("InformationLinkOpened", "Whoever has the link"),
    ]
    assert ">Opened<" in officer.get(page).text


@pytest.mark.django_db
def test_a_link_opens_for_seven_days_and_then_its_report_is_removed(
    client: Client, folder: Path, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    one = made(factories.eleni())
    assert timedelta(6, 86_000) < one.link.expires_at - now() <= timedelta(7)
    assert actions.remove_expired() == 0
    InformationLink.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.post(where(one.token)).status_code == 410
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.remove_expired() == 1
    assert files_in(folder) == []
    assert actions.remove_expired() == 0


@pytest.mark.django_db
def test_what_waits_is_not_swept_and_what_was_never_told_of_is() -> None:
    one = made(factories.eleni())
    store().put("ab" * 16, [b"cut off"])
    assert sweeping.sweep(before=now() + timedelta(days=2)) == 1
    assert list(store().blocks(one.link.file_key))


@pytest.mark.django_db
def test_wrong_links_tell_nothing_and_guessing_is_limited(client: Client) -> None:
    one = made(factories.eleni())
    pages = [client.get(where(token)) for token in (one.token, "guess")]
    shown = [re.sub(r'value="[^"]+"', "", page.text) for page in pages]
    assert shown[0].replace(one.token, "guess") == shown[1]
    for number in range(limits.OPEN_LINK.most):
        assert client.post(where(f"guess{number}")).status_code == 410
    assert client.post(where("guess")).status_code == 429
    assert client.post(where("guess"), REMOTE_ADDR="192.0.2.77").status_code == 410


@pytest.mark.django_db
def test_whoever_guesses_shuts_nobody_out_and_opening_is_not_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = factories.eleni()
    monkeypatch.setattr(limits, "OPEN_LINK", limits.Limit("open-link", 2))
    for _ in range(3):
        assert client.post(where(made(contact).token)).status_code == 200
    one = made(contact)
    assert [client.post(where("guess")).status_code for _ in range(3)] == [410, 410, 429]
    assert client.post(where(one.token)).status_code == 200
    assert client.post(where(one.token)).status_code == 429


@pytest.mark.django_db
def test_withdrawn_it_opens_no_more(
    privacy_officer: User, agent: User, client_of: ClientOf, client: Client
) -> None:
    contact, other = factories.eleni(), factories.person()
    one, officer = made(contact), client_of(privacy_officer)
    withdraw = reverse("information:withdraw", args=(contact.pk, one.link.pk))
    assert client.post(withdraw).status_code == 302
    assert client_of(agent).post(withdraw).status_code == 403
    assert officer.get(withdraw).status_code == 405
    assert officer.post(reverse("information:withdraw", args=(other.pk, one.link.pk))).status_code == 404
    assert InformationLink.objects.get().is_waiting
    assert "withdrawn" in officer.post(withdraw, follow=True).text
    assert "opened already, or has expired" in officer.post(withdraw, follow=True).text
    assert client.post(where(one.token)).status_code == 410


@pytest.mark.django_db
def test_only_who_may_report_makes_links_and_only_of_somebody(
    agent: User, privacy_officer: User, client_of: ClientOf, client: Client
) -> None:
    contact = factories.eleni()
    link = reverse("information:link", args=(contact.pk,))
    assert client.post(link).status_code == 302
    assert client_of(agent).post(link, {"format": "json"}).status_code == 403
    with pytest.raises(NotAllowed):
        actions.make_link(actor=agent.actor, contact_id=contact.pk, wish=WISH)
    officer = client_of(privacy_officer)
    assert officer.get(link).status_code == 405
    assert officer.post(link, {"format": "csv"}).status_code == 422
    gone = reverse("information:link", args=(contact.pk + 999,))
    assert officer.post(gone, {"format": "json"}).status_code == 404
    assert Client(enforce_csrf_checks=True).post(where("token")).status_code == 403
    assert not InformationLink.objects.exists()


@pytest.mark.django_db
def test_a_report_damaged_in_the_store_is_not_handed_out(folder: Path) -> None:
    one = made(factories.eleni())
    (file,) = files_in(folder)
    body = bytearray(file.read_bytes())
    body[-20] ^= 1
    file.write_bytes(bytes(body))
    with pytest.raises(NotFound, match="lost"):
        actions.open_link(token=one.token, address="192.0.2.1")
    assert InformationLink.objects.get().opened_at is None


@pytest.mark.django_db
def test_whoever_is_anonymised_leaves_no_report_to_be_fetched(client: Client, folder: Path) -> None:
    allow()
    contact = factories.person()
    one = made(contact)
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    assert client.post(where(one.token)).status_code == 410
    with pytest.raises(Missing):
        store().blocks(one.link.file_key)


@pytest.mark.django_db
def test_whoever_is_anonymised_while_the_report_is_made_gets_no_link(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    allow()
    contact = factories.person()
    whole = actions.print_contact

    def slowly(**asked: Any) -> File:
        made_of = whole(**asked)
        steps.carry_on([order(contact).uid])
        return made_of

    monkeypatch.setattr(actions, "print_contact", slowly)
    with pytest.raises(Refused, match="while its report was made"):
        made(contact)
    assert not InformationLink.objects.exists()
    assert not files_in(folder)


@pytest.mark.django_db
def test_the_report_of_a_contact_that_held_the_system_ref_goes_too(folder: Path) -> None:
    allow()
    stays, leaves = factories.record({"last_name": "Lee"}), factories.record({"last_name": "Lee"})
    contact = factories.contact(stays, leaves)
    one = made(contact)
    carry_out(
        actor=COMMAND_LINE,
        intent=Split(contact=contact.pk, parts=((stays.pk,), (leaves.pk,))),
        lift=True,
    )
    gone = Contact.objects.get(pk=Membership.objects.get(record_id=leaves.pk).contact_id)
    assert gone.pk != contact.pk
    steps.carry_on([order(gone).uid])
    with pytest.raises(NotFound):
        actions.open_link(token=one.token, address="192.0.2.1")
    assert not files_in(folder)


@pytest.mark.django_db
def test_k26_the_report_holds_what_the_person_asked_for_before() -> None:
    contact = factories.eleni()
    identified(contact_id=contact.pk)
    identified(contact_id=factories.person().pk)
    one = made(contact)
    body = json.loads(actions.open_link(token=one.token, address="192.0.2.1").body)
    (rows,) = [part["rows"] for part in body["sections"] if part["key"] == "requests"]
    assert [(row["asks"], row["reach"], row["words"]) for row in rows] == [("Access", SAID.reach, SAID.words)]


@pytest.mark.django_db
def test_a32_a_link_gives_the_same_report_and_the_next_one_says_so() -> None:
    contact = factories.eleni()
    first = json.loads(actions.open_link(token=made(contact).token, address="192.0.2.1").body)
    second = json.loads(actions.open_link(token=made(contact).token, address="192.0.2.1").body)
    assert [part["key"] for part in first["sections"]] == [part["key"] for part in second["sections"]]
    (told,) = [part["rows"] for part in second["sections"] if part["key"] == "recipients"]
    assert [(row["what"], row["to"]) for row in told][-1] == ("Information given", COMMAND_LINE.name)
    assert ("Information link opened", "Whoever has the link") in [(row["what"], row["to"]) for row in told]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_gets_it() -> None:
    one = made(factories.eleni())

    def fetch(number: int) -> bool:
        try:
            actions.open_link(token=one.token, address=f"192.0.2.{number}")
        except NotFound:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(fetch, (1, 2))) == [False, True]
