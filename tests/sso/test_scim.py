from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kith.kernel.clock import now
from kith.sso.customer import SHIPPED
from kith.sso.provider import Changed, Gone, ProfileChange, SearchBy, Unavailable
from kith.sso.scim import ScimIdentityProvider
from tests.sso.conftest import TOKEN, Registered

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
def test_k27_an_account_is_found_by(
    provider: ScimIdentityProvider, registered: Registered, by: SearchBy, value: str
) -> None:
    sso_id = registered(
        "Dora", 'Marlowe "the\\', email="dora.marlowe@example.org", linked=(("TICKETING", "T-100482"),)
    )
    registered("Paul", "Other", email="paul@example.org", linked=(("TICKETING", "T-1"),))
    found = provider.find(by, value)
    assert [one.sso_id for one in found.rows] == [sso_id]
    assert found.total == 1
    assert [one.sso_id for one in provider.find(SearchBy.SSO_ID, sso_id).rows] == [sso_id]


def test_k27_an_account_shows_its_five_parts(provider: ScimIdentityProvider, registered: Registered) -> None:
    account = provider.open(
        registered("Dora", "Marlowe", email="dora@example.org", linked=(("SHOP", "S-7"),))
    )
    assert (account.profile.first_name, account.profile.email) == ("Dora", "dora@example.org")
    assert account.social is not None
    assert [one.name for one in account.social] == ["Chirper"]
    assert account.linked is not None
    assert [(one.name, one.value) for one in account.linked] == [("SHOP", "S-7")]
    assert account.claims is not None
    assert [(one.name, one.value) for one in account.claims] == [("season-ticket", "2026")]
    assert account.permissions is not None
    assert [(one.name, one.value) for one in account.permissions] == [("newsletter", "yes")]


def test_k27_an_update_counts_at_once_and_keeps_what_it_does_not_name(
    provider: ScimIdentityProvider, registered: Registered
) -> None:
    sso_id = registered("Dora", "Marlowe", email="dora@example.org")
    before = provider.open(sso_id)
    after = provider.update(sso_id, CHANGE, version=before.version)
    assert provider.open(sso_id) == after
    assert after.profile == replace(
        before.profile,
        first_name="Theodora",
        email="theodora@example.org",
        phone="",
        language="el",
        is_active=False,
        changed_at=after.profile.changed_at,
    )
    assert after.claims == before.claims
    assert provider.find(SearchBy.EMAIL, "second-dora@example.org").total == 1


def test_of_two_who_change_one_account_the_second_hears_it(
    provider: ScimIdentityProvider, registered: Registered
) -> None:
    sso_id = registered("Dora", "Marlowe", email="dora@example.org")
    read = provider.open(sso_id)
    provider.update(sso_id, CHANGE, version=read.version)
    with pytest.raises(Changed):
        provider.update(sso_id, replace(CHANGE, first_name="Nora"), version=read.version)
    assert provider.open(sso_id).profile.first_name == "Theodora"


def test_k25_a_deleted_account_is_gone_and_deleting_it_again_is_nothing(
    provider: ScimIdentityProvider, registered: Registered
) -> None:
    sso_id = registered("Dora", "Marlowe", email="dora@example.org")
    provider.delete(sso_id)
    provider.delete(sso_id)
    with pytest.raises(Gone):
        provider.open(sso_id)


def test_the_feed_tells_of_all_or_of_those_that_changed(
    provider: ScimIdentityProvider, registered: Registered
) -> None:
    ids = {registered("Dora", f"Marlowe {number}", email=f"d{number}@example.org") for number in range(5)}
    assert {one.sso_id for one in provider.changed_since(None)} == ids
    assert {one.sso_id for one in provider.changed_since(now() - timedelta(minutes=5))} == ids
    assert list(provider.changed_since(now() + timedelta(minutes=5))) == []


def test_a_wrong_token_and_a_closed_port_are_told_in_a_sentence_without_values(scim_url: str) -> None:
    stranger = ScimIdentityProvider(base_url=scim_url, token=TOKEN + "x", extension=SHIPPED)
    with pytest.raises(Unavailable, match="token"):
        stranger.find(SearchBy.EMAIL, "dora@example.org")
    nobody = ScimIdentityProvider(base_url="http://127.0.0.1:9", token="", extension=SHIPPED)
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        nobody.find(SearchBy.EMAIL, "dora@example.org")
    assert "dora" not in str(caught.value)
