"""What every identity provider does for Kith: the same tests at a SCIM server and at the built-in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kith.kernel.clock import now
from kith.sso.provider import Changed, Gone, ProfileChange, SearchBy
from tests.sso.conftest import Side

pytestmark = pytest.mark.django_db
CHANGE = ProfileChange(
    first_name="Theodora",
    last_name="Marlowe",
    email="theodora@example.org",
    phone="",
    language="el",
    is_active=False,
)


@pytest.mark.parametrize(
    ("by", "value"),
    [
        (SearchBy.EMAIL, "Dora.Marlowe@example.org"),
        (SearchBy.FIRST_NAME, "dor"),
        (SearchBy.LAST_NAME, 'Marlowe "the'),
        (SearchBy.LINKED, "T-100482"),
    ],
)
def test_k27_an_account_is_found_by(side: Side, by: SearchBy, value: str) -> None:
    sso_id = side.registered(
        "Dora", 'Marlowe "the\\', email="dora.marlowe@example.org", linked=(("TICKETING", "T-100482"),)
    )
    side.registered("Paul", "Other", email="paul@example.org", linked=(("TICKETING", "T-1"),))
    found = side.provider.find(by, value)
    assert [one.sso_id for one in found.rows] == [sso_id]
    assert found.total == 1
    assert [one.sso_id for one in side.provider.find(SearchBy.SSO_ID, sso_id).rows] == [sso_id]


def test_k27_an_update_counts_at_once_and_keeps_what_it_does_not_name(side: Side) -> None:
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org", linked=(("SHOP", "S-7"),))
    before = side.provider.open(sso_id)
    after = side.provider.update(sso_id, CHANGE, version=before.version)
    assert side.provider.open(sso_id) == after
    assert after.profile == replace(
        before.profile,
        first_name="Theodora",
        email="theodora@example.org",
        phone="",
        language="el",
        is_active=False,
        changed_at=after.profile.changed_at,
    )
    assert (after.claims, after.linked) == (before.claims, before.linked)
    assert side.provider.find(SearchBy.FIRST_NAME, "Theo").total == 1
    assert side.provider.find(SearchBy.EMAIL, "dora@example.org").total == 0


def test_of_two_who_change_one_account_the_second_hears_it(side: Side) -> None:
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org")
    read = side.provider.open(sso_id)
    side.provider.update(sso_id, CHANGE, version=read.version)
    with pytest.raises(Changed):
        side.provider.update(sso_id, replace(CHANGE, first_name="Nora"), version=read.version)
    assert side.provider.open(sso_id).profile.first_name == "Theodora"


def test_k25_a_deleted_account_is_gone_and_deleting_it_again_is_nothing(side: Side) -> None:
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org")
    side.provider.delete(sso_id)
    side.provider.delete(sso_id)
    with pytest.raises(Gone):
        side.provider.open(sso_id)


def test_the_feed_tells_of_all_or_of_those_that_changed(side: Side) -> None:
    ids = {
        side.registered("Dora", f"Marlowe {number}", email=f"d{number}@example.org") for number in range(5)
    }
    assert {one.sso_id for one in side.provider.changed_since(None)} == ids
    assert {one.sso_id for one in side.provider.changed_since(now() - timedelta(minutes=5))} == ids
    assert list(side.provider.changed_since(now() + timedelta(minutes=5))) == []
