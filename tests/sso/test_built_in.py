"""A33: accounts that Kith keeps itself, sealed, where no identity provider is connected."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.audit.models import Entry
from kith.kernel.errors import Conflict, NotAllowed, Refused
from kith.sources.models import SourceRecord
from kith.sso import actions, queries
from kith.sso.built_in import BuiltInProvider, Taken
from kith.sso.models import SsoAccount
from kith.sso.place import IdentityProvider
from kith.sso.provider import PAGE, Changed, Gone, SearchBy
from kith.sso.scim import ScimIdentityProvider
from kith.sso.sealing import Words
from kith.vault.sealing import NotOpened
from tests.claims import source
from tests.privacy.test_rows import dump
from tests.sso.conftest import TOKEN, RegisteredHere, set_up

pytestmark = pytest.mark.django_db
DORA = Words(
    sso_id="dora-marlowe-7",
    first_name="Dora",
    last_name="Marlowe",
    email="dora.marlowe@example.org",
    phone="+44 20 7946 0123",
    linked=(("TICKETING", "T-100482"),),
)


def test_a33_it_is_off_as_shipped_and_a_connected_provider_goes_first(settings: LazySettings) -> None:
    assert not queries.is_configured()
    with pytest.raises(Refused, match="keeps no accounts itself"):
        queries.provider()
    set_up(source="", is_built_in=True)
    assert isinstance(queries.provider(), BuiltInProvider)
    settings.SSO = IdentityProvider(url="http://127.0.0.1:9", token=TOKEN)
    assert isinstance(queries.provider(), ScimIdentityProvider)
    assert not queries.is_built_in()
    with pytest.raises(Refused, match="at the identity provider"):
        actions.add_account(actor=COMMAND_LINE, words=DORA)


def test_a33_an_account_is_kept_sealed_and_no_table_names_the_person(built_in: RegisteredHere) -> None:
    actions.add_account(actor=COMMAND_LINE, words=DORA)
    said = dump().casefold()
    told = ("dora", "marlowe", "dora.marlowe@example.org", "7946", "t-100482", DORA.sso_id)
    assert [one for one in told if one in said or one.encode().hex() in said] == []
    assert built_in.provider.open(DORA.sso_id).profile.last_name == "Marlowe"


def test_a33_what_is_sealed_opens_in_its_own_row_only(built_in: RegisteredHere) -> None:
    for name in ("Dora", "Paul"):
        built_in(name, "Marlowe", email=f"{name}@example.org")
    one, other = SsoAccount.objects.order_by("pk")
    assert (one.sealed_key, one.sealed_words) != (other.sealed_key, other.sealed_words)
    SsoAccount.objects.filter(pk=one.pk).update(sealed_key=other.sealed_key, sealed_words=other.sealed_words)
    with pytest.raises(NotOpened):
        built_in.provider.open("sso-account-1")


@pytest.mark.parametrize(
    ("by", "value", "is_found"),
    [
        (SearchBy.FIRST_NAME, "zoe", True),
        (SearchBy.FIRST_NAME, "ZOË A", True),
        (SearchBy.FIRST_NAME, "oe", False),
        (SearchBy.FIRST_NAME, "Παπα", False),
        (SearchBy.LAST_NAME, "papado", True),
        (SearchBy.LAST_NAME, "Παπαδό", True),
        (SearchBy.LAST_NAME, "★", False),
        (SearchBy.EMAIL, "ZOE@example.org", True),
        (SearchBy.EMAIL, "zoe@", False),
        (SearchBy.SSO_ID, "zoe-1", True),
        (SearchBy.SSO_ID, "ZOE-1", False),
        (SearchBy.LINKED, "t-7", True),
        (SearchBy.LINKED, "TICKETING", False),
    ],
)
def test_k27_names_are_found_from_their_beginning_the_rest_as_a_whole(
    built_in: RegisteredHere, by: SearchBy, value: str, is_found: bool
) -> None:
    words = Words(
        sso_id="zoe-1",
        first_name="Zoë Anna",
        last_name="Παπαδόπουλος",
        email="Zoe@example.org",
        linked=(("TICKETING", "T-7"),),
    )
    built_in.provider.add(words)
    assert built_in.provider.find(by, value).total == int(is_found)


def test_k27_a_search_asks_indexes_and_its_cost_does_not_grow_with_the_accounts(
    built_in: RegisteredHere,
) -> None:
    def queries_for(number: int) -> int:
        for _ in range(number):
            built_in("Dora", "Marlowe", email="dora@example.org", linked=(("TICKETING", "T-1"),))
        with CaptureQueriesContext(connection) as said:
            built_in.provider.find(SearchBy.LAST_NAME, "marl")
        return len(said)

    assert queries_for(1) == queries_for(PAGE)
    first, second = (built_in.provider.find(SearchBy.LINKED, "T-1", page=page) for page in (1, 2))
    assert (len(first.rows), len(second.rows), second.total) == (PAGE, 1, PAGE + 1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        for by, index in ((SearchBy.LAST_NAME, "sso_account_by_mark"), (SearchBy.SSO_ID, "id_mark")):
            with CaptureQueriesContext(connection) as said:
                built_in.provider.find(by, "marl")
            cursor.execute("EXPLAIN " + said[-1]["sql"])
            assert index in str(cursor.fetchall())


def test_a33_an_account_is_added_by_whoever_may_with_an_id_that_is_made(built_in: RegisteredHere) -> None:
    with pytest.raises(NotAllowed):
        actions.add_account(actor=NOBODY, words=DORA)
    with pytest.raises(Refused, match="a name or an e-mail"):
        actions.add_account(actor=COMMAND_LINE, words=Words(sso_id="", phone="+44 20 7946 0123"))
    made = actions.add_account(actor=COMMAND_LINE, words=Words(sso_id="", email="dora@example.org"))
    assert made.startswith("SSO-")
    assert built_in.exists(made)
    entry = Entry.objects.get(event="SsoAccountAdded")
    assert (entry.subject_id, entry.detail) == (None, {})


def test_a33_an_sso_id_is_given_once(built_in: RegisteredHere) -> None:
    actions.add_account(actor=COMMAND_LINE, words=DORA)
    with pytest.raises(Conflict, match="already"):
        actions.add_account(actor=COMMAND_LINE, words=DORA)
    with pytest.raises(Taken):
        built_in.provider.add(DORA)
    assert SsoAccount.objects.count() == 1


def test_k27_linked_accounts_are_replaced_and_found_from_then_on(built_in: RegisteredHere) -> None:
    actions.add_account(actor=COMMAND_LINE, words=DORA)
    seen = built_in.provider.open(DORA.sso_id)
    linked = (("SHOP", "S-7"), ("TICKETING", "T 9"))
    actions.link_account(actor=COMMAND_LINE, sso_id=DORA.sso_id, linked=linked, seen=seen)
    assert built_in.provider.find(SearchBy.LINKED, "T-100482").total == 0
    assert built_in.provider.find(SearchBy.LINKED, "t 9").total == 1
    with pytest.raises(Conflict, match="Somebody else changed"):
        actions.link_account(actor=COMMAND_LINE, sso_id=DORA.sso_id, linked=(), seen=seen)
    seen = built_in.provider.open(DORA.sso_id)
    actions.link_account(actor=COMMAND_LINE, sso_id=DORA.sso_id, linked=linked, seen=seen)
    assert Entry.objects.filter(event="SsoAccountUpdated").count() == 1
    with pytest.raises(NotAllowed):
        actions.link_account(actor=NOBODY, sso_id=DORA.sso_id, linked=(), seen=seen)


def test_a33_an_account_that_is_gone_is_neither_changed_nor_linked(built_in: RegisteredHere) -> None:
    built_in.provider.add(DORA)
    built_in.provider.delete(DORA.sso_id)
    assert not SsoAccount.objects.exists()
    with pytest.raises(Gone):
        built_in.provider.link(DORA.sso_id, (), version="1")
    built_in.provider.add(DORA)
    with pytest.raises(Changed):
        built_in.provider.link(DORA.sso_id, (), version="")


def test_a33_accounts_come_to_contacts_by_the_feed_and_without_one_switched_on_none_does(
    built_in: RegisteredHere,
) -> None:
    source("SSO")
    set_up(source="SSO", is_built_in=True)
    actions.add_account(actor=COMMAND_LINE, words=DORA)
    made = actions.take_feed(actor=COMMAND_LINE, since=None)
    assert made is not None
    record = SourceRecord.objects.get(source__code="SSO")
    assert (record.system_ref, record.last_name, record.emails) == (
        DORA.sso_id,
        "Marlowe",
        ["dora.marlowe@example.org"],
    )
    set_up(source="SSO", is_built_in=False)
    assert actions.take_feed(actor=COMMAND_LINE, since=None) is None
