"""Accounts of the identity provider come in by themselves; where they do not, somebody is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import LazySettings

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.sources import actions as sources
from kith.sources import importing
from kith.sources.models import Import, SourceSystem
from kith.sso import tasks
from kith.sso.place import IdentityProvider
from kith.stewardship.actions import take_case
from kith.stewardship.models import Case
from tests.claims import source
from tests.sso.conftest import TOKEN, Registered, RegisteredHere, set_up

pytestmark = pytest.mark.django_db


def connected(settings: LazySettings, url: str, *, token: str = TOKEN) -> None:
    settings.SSO = IdentityProvider(url=url, token=token)


def test_a_feed_that_fails_is_one_case_until_a_whole_one_works(
    settings: LazySettings, scim_url: str, registered: Registered
) -> None:
    source("SSO")
    set_up(source="SSO", is_built_in=False)
    connected(settings, scim_url, token="expired")
    for _ in range(2):
        tasks.take(None, job_id=None)
    case = Case.objects.get()
    assert (case.kind, case.state) == (Case.Kind.SIGN_ON, Case.State.OPEN)
    assert case.title == "Accounts are not taken in: The identity provider does not accept Kith's token."
    registered("Dora", "Marlowe", email="dora@example.org")
    connected(settings, scim_url)
    tasks.take(tasks.last_feed(), job_id=None)
    case.refresh_from_db()
    assert case.state == Case.State.OPEN, "that was not all of them"
    tasks.take(None, job_id=None)
    case.refresh_from_db()
    assert (case.state, case.resolved_by) == (Case.State.RESOLVED, None)


def test_a_case_that_somebody_works_on_stays_theirs(
    settings: LazySettings, scim_url: str, steward: User
) -> None:
    source("SSO")
    set_up(source="SSO", is_built_in=False)
    connected(settings, scim_url, token="expired")
    tasks.take(None, job_id=None)
    take_case(actor=steward.actor, case_id=Case.objects.get().pk)
    connected(settings, scim_url)
    tasks.take(None, job_id=None)
    assert Case.objects.get().state == Case.State.IN_PROGRESS


def test_a_feed_whose_import_fails_is_a_case_too(built_in: RegisteredHere) -> None:
    source("SSO")
    set_up(source="SSO", is_built_in=True)
    ids = [built_in("Dora", f"Marlowe {n}", email=f"d{n}@example.org") for n in range(4)]
    tasks.take(None, job_id=None)
    assert not Case.objects.exists()
    for sso_id in ids[:3]:
        built_in.provider.delete(sso_id)
    for _ in range(2):
        tasks.take(None, job_id=None)
    assert Import.objects.filter(state=Import.State.FAILED).count() == 2, "more than half would be gone"
    assert Case.objects.get().title == "Accounts are not taken in: their import failed. Its page says why."


def test_without_a_provider_there_is_no_feed_and_no_case() -> None:
    tasks.take(None, job_id=None)
    assert not Case.objects.exists()


def test_only_feeds_say_since_when_accounts_are_asked_for(built_in: RegisteredHere) -> None:
    source("SSO")
    set_up(source="SSO", is_built_in=True)
    _sent_by_hand()
    assert tasks.last_feed() == datetime(1970, 1, 1, tzinfo=UTC)
    built_in("Dora", "Marlowe", email="dora@example.org")
    tasks.take(None, job_id=None)
    feed = Import.objects.latest("pk")
    assert tasks.last_feed() == feed.created_at
    _sent_by_hand()
    assert tasks.last_feed() == feed.created_at


def _sent_by_hand() -> None:
    made = sources.add_import(
        actor=COMMAND_LINE,
        source=SourceSystem.objects.get(code="SSO"),
        kind=Import.Kind.CONTACTS,
        file_name="feed.csv",
        content=[b"SSO ID,First name\nby-hand,Paul\n"],
        mapping={"SSO ID": "system_ref", "First name": "first_name"},
    )
    sources.start_import(actor=COMMAND_LINE, import_id=made.pk, in_background=False)
    assert importing.run_import(made.pk).state == Import.State.DONE
