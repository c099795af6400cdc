from __future__ import annotations

import pytest

from kith.sso.customer import SHIPPED
from kith.sso.provider import SearchBy, Unavailable
from kith.sso.scim import ScimIdentityProvider
from tests.sso.conftest import TOKEN, Registered
from tests.sso.test_providers import CHANGE


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


def test_k27_an_update_keeps_the_e_mails_that_are_not_the_main_one(
    provider: ScimIdentityProvider, registered: Registered
) -> None:
    sso_id = registered("Dora", "Marlowe", email="dora@example.org")
    provider.update(sso_id, CHANGE, version=provider.open(sso_id).version)
    assert provider.find(SearchBy.EMAIL, "second-dora@example.org").total == 1


def test_a_wrong_token_and_a_closed_port_are_told_in_a_sentence_without_values(scim_url: str) -> None:
    stranger = ScimIdentityProvider(base_url=scim_url, token=TOKEN + "x", extension=SHIPPED)
    with pytest.raises(Unavailable, match="token"):
        stranger.find(SearchBy.EMAIL, "dora@example.org")
    nobody = ScimIdentityProvider(base_url="http://127.0.0.1:9", token="", extension=SHIPPED)
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        nobody.find(SearchBy.EMAIL, "dora@example.org")
    assert "dora" not in str(caught.value)
