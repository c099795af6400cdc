"""Who looked, what changed, who took it out (C31)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts import actions, trail
from kith.golden import actions as golden
from kith.golden.overrides import state_of
from kith.kernel.clock import now
from kith.sources.models import SourceRecord
from kith.vault.keys import destroy
from kith.vault.models import SealedDetail
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def override(user: User, contact_id: int, last_name: str) -> None:
    golden.override(
        actor=user.actor,
        contact_id=contact_id,
        field="name",
        value={"first_name": "Ann", "last_name": last_name},
        mode="pinned",
    )


def test_c31_a_view_a_change_and_an_export_are_three_entries_with_user_time_and_kind(
    client_of: ClientOf, agent: User, privacy_officer: User
) -> None:
    contact, browser, before = factories.person("Ann", "Leeson"), client_of(agent), now()
    browser.get(f"/contacts/{contact.pk}/")
    given = {"first_name": "Ann", "last_name": "Lambrou", "mode": "pinned", "seen": state_of(contact, "name")}
    assert browser.post(f"/golden-values/{contact.pk}/name/", given).status_code == 302
    wish = {"format": "pdf", "sections": ["golden"]}
    made = browser.post(reverse("printouts:choose", args=[contact.pk]), wish, follow=True)
    assert made.content.startswith(b"%PDF")
    entries = list(Entry.objects.filter(group_id=contact.pk).order_by("pk"))
    assert [(one.event, one.user_id, one.actor) for one in entries] == [
        ("ContactViewed", agent.pk, agent.name),
        ("GoldenOverrideMade", agent.pk, agent.name),
        ("ContactExported", agent.pk, agent.name),
    ]
    assert before <= entries[0].at <= entries[1].at <= entries[2].at <= now()
    officer = client_of(privacy_officer)
    history = officer.get(f"/contacts/{contact.pk}/history/").text
    assert "A golden value was edited: name" in history
    assert "Leeson" in history
    assert "Ann Lambrou" in history
    assert "Looked at" not in history
    access = officer.get(f"/contacts/{contact.pk}/history/?show=access").text
    assert "Looked at" in access
    assert "Exported: printout as PDF" in access
    assert agent.name in access


def test_c31_old_and_new_values_are_sealed_and_not_in_the_journal(agent: User) -> None:
    contact = factories.person("Ann", "Leeson")
    override(agent, contact.pk, "Lambrou")
    entry = Entry.objects.get(event="GoldenOverrideMade")
    assert entry.detail == {"fields": ["name"], "mode": "pinned"}
    body = bytes(SealedDetail.objects.get(entry=entry).body)
    assert b"Lambrou" not in body
    assert b"Leeson" not in body


def test_c31_edits_of_a_typed_contact_keep_their_values_too(client_of: ClientOf, agent: User) -> None:
    contact_id = actions.add_contact(
        actor=agent.actor, kind="person", claim={"first_name": "Ann", "last_name": "Leeson"}
    )
    browser = client_of(agent)
    record = browser.get(f"/contacts/{contact_id}/").context["local_record"]
    version = SourceRecord.objects.get(pk=record).content_hash.hex
    actions.edit_local(
        actor=agent.actor,
        contact_id=contact_id,
        record_id=record,
        claim={"first_name": "Anna", "last_name": "Leeson", "email_1": "anna@example.org"},
        version=version,
    )
    history = browser.get(f"/contacts/{contact_id}/history/").text
    assert "<del>Ann</del>" in history
    assert "<ins>Anna</ins>" in history
    assert "anna@example.org" in history


def test_once_the_key_is_destroyed_the_history_says_what_was_done_but_no_value(
    client_of: ClientOf, agent: User
) -> None:
    contact = factories.person("Ann", "Leeson")
    override(agent, contact.pk, "Lambrou")
    override(agent, contact.pk, "Georgiou")
    destroy([SealedDetail.objects.order_by("pk")[0].record_id])
    history = client_of(agent).get(f"/contacts/{contact.pk}/history/").text
    assert "A golden value was edited" in history
    assert "Lambrou" not in history


def test_whoever_goes_through_the_tabs_looked_once_in_ten_minutes(
    client_of: ClientOf, agent: User, viewer: User
) -> None:
    contact, other = factories.person(), factories.person("Ann", "Lee")
    for tab in ("", "system-refs/", "history/", ""):
        client_of(agent).get(f"/contacts/{contact.pk}/{tab}")
    client_of(viewer).get(f"/contacts/{contact.pk}/")
    client_of(agent).get(f"/contacts/{other.pk}/")
    assert Entry.objects.filter(event="ContactViewed").count() == 3


@pytest.mark.parametrize("path", ["/contacts/{}/", "/contacts/{}/attachments/", "/notes/of/{}/"])
def test_whatever_shows_a_contact_is_a_look(client_of: ClientOf, viewer: User, path: str) -> None:
    contact = factories.person()
    client_of(viewer).get(path.format(contact.pk))
    looked = Entry.objects.get(event="ContactViewed")
    assert (looked.group_id, looked.user, looked.detail) == (contact.pk, viewer, {"through": "page"})


def test_after_ten_minutes_it_is_another_look(agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    contact = factories.person()
    trail.viewed(contact.pk, by=agent.actor, through="page")
    at = Entry.objects.get().at
    monkeypatch.setattr(trail, "now", lambda: at + timedelta(minutes=9))
    trail.viewed(contact.pk, by=agent.actor, through="page")
    assert Entry.objects.count() == 1
    monkeypatch.setattr(trail, "now", lambda: at + timedelta(minutes=11))
    trail.viewed(contact.pk, by=agent.actor, through="page")
    assert Entry.objects.count() == 2


def test_a_retired_groupid_shows_nothing_and_is_not_looked_at(client_of: ClientOf, agent: User) -> None:
    gone, survivor = factories.person(), factories.person("Ann", "Lee")
    factories.retire(gone, successor=survivor)
    client_of(agent).get(f"/contacts/{gone.pk}/")
    assert not Entry.objects.filter(group_id=gone.pk).exists()


def test_who_looked_is_for_those_who_see_the_audit_log(client_of: ClientOf, agent: User) -> None:
    contact, browser = factories.person(), client_of(agent)
    browser.get(f"/contacts/{contact.pk}/")
    page = browser.get(f"/contacts/{contact.pk}/history/?show=access").text
    assert "Looked at" not in page
    assert "Views and exports" not in page


def test_an_export_of_many_is_written_on_each(agent: User) -> None:
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        trail.exported(list(range(1, 501)), by=agent.actor, kind="CSV", export_id=7)
    assert Entry.objects.filter(event="ContactExported", subject_id=7, detail={"kind": "CSV"}).count() == 500
    assert len(asked) <= 3


def test_history_asks_no_more_with_more_changes(client_of: ClientOf, agent: User) -> None:
    few, many, browser = factories.person("Ann", "Lee"), factories.person("Eva", "Roe"), client_of(agent)
    override(agent, few.pk, "One")
    for number in range(15):
        override(agent, many.pk, f"Name{'x' * number}")
    counts = []
    for contact in (few, many):
        browser.get(f"/contacts/{contact.pk}/history/")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"/contacts/{contact.pk}/history/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
