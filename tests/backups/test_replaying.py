"""A restore that was cut off ends: also where one entry of the ledger is of several contacts here."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from kith.access.actors import Actor
from kith.audit.models import Entry
from kith.backups import actions, postgres, restoring
from kith.contacts.models import Contact
from kith.kernel.errors import NotAllowed, Refused
from kith.privacy import ledger
from kith.privacy.erasing import steps
from kith.privacy.information.models import InformationLink
from kith.privacy.ledger import LedgerEntry
from kith.privacy.models import Erasure
from kith.sources import tombstones
from kith.sources.models import SourceRecord
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow
from tests.privacy.information.test_links import made

pytestmark = pytest.mark.django_db
State = Erasure.State


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> None:
    for name in ("ERASURE_LEDGER", "JOURNAL_HEADS", "ATTACHMENT_FOLDER", "IMPORT_FOLDER"):
        setattr(settings, name, tmp_path / name.lower())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {postgres.RESTORING_TABLE} (step text PRIMARY KEY)")


def erased_since_as_one() -> tuple[UUID, list[Contact]]:
    """Two contacts as the backup has them; grouped after it, they were erased as one."""
    here = [factories.person("Dora", ref="T-DORA1"), factories.person("Theodora", ref="T-DORA2")]
    records = [SourceRecord.objects.of_contact(one.pk).get() for one in here]
    uid = uuid4()
    ledger.intend(
        LedgerEntry(
            uid=uid,
            contact_id=here[0].pk,
            record_ids=tuple(one.pk for one in records),
            refs=tuple(tombstones.digest(one.source.code, one.system_ref) for one in records),
            sources=tuple(one.source.code for one in records),
        )
    )
    ledger.settle(uid, ledger.Kind.DONE)
    return uid, here


def replay() -> list[str]:
    said: list[str] = []
    restoring._replay(said.append)
    return said


def test_killed_between_two_contacts_of_one_entry_it_goes_on_with_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow()
    uid, here = erased_since_as_one()

    def killed(uids: list[UUID]) -> None:
        steps.erase(uids[0])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring.steps, "carry_on", killed)
        with pytest.raises(KeyboardInterrupt):
            replay()
    assert [one.state for one in Contact.objects.order_by("pk")] == ["anonymised", "active"]
    replay()
    assert {one.state for one in Contact.objects.filter(pk__in=[one.pk for one in here])} == {"anonymised"}
    assert set(Erasure.objects.values_list("state", flat=True)) == {State.DONE}
    assert Erasure.objects.filter(uid=uid).count() == 1
    assert Erasure.objects.count() == 2


def test_what_was_given_up_is_tried_again_with_each_resume(monkeypatch: pytest.MonkeyPatch) -> None:
    allow()
    erased_since_as_one()

    def breaks(_uid: UUID, **_more: object) -> None:
        raise RuntimeError("of the day")

    with monkeypatch.context() as patch:
        patch.setitem(steps._STEPS, State.QUEUED, breaks)
        patch.setitem(steps._STEPS, State.BLOCKED, breaks)
        for _ in range(steps.PROOFS + 1):
            with pytest.raises(Refused, match="2 contacts could not be anonymised again"):
                replay()
    replay()
    assert set(Erasure.objects.values_list("state", flat=True)) == {State.DONE}


def test_who_was_signed_in_and_what_waited_to_be_fetched_is_closed(client: Client) -> None:
    one = made(factories.eleni())
    session = SessionStore()
    session.create()
    said: list[str] = []
    restoring._close_what_was_open(said.append)
    assert said == ["Everybody is signed out. One-time links to reports that were withdrawn: 1."]
    assert not Session.objects.exists()
    assert client.post(reverse("information:open", args=(one.token,))).status_code == 410
    assert InformationLink.objects.get().withdrawn_at is not None
    assert Entry.objects.filter(event="InformationLinkWithdrawn").count() == 1
    with pytest.raises(NotAllowed):
        actions.close_what_was_open(actor=Actor("Anybody", frozenset()))
