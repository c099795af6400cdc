"""C23, C24: parts of addresses, their types, and how one is retired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.contacts.settings.supported_types import TYPES
from kith.contacts.value_ids import address_key
from kith.golden import actions
from kith.golden.assembly import assemble
from kith.golden.models import GoldenOverride, ValueStatement
from kith.golden.value_statements import statements_of
from kith.kernel.errors import Conflict, NotAllowed, Refused
from kith.matching.records import ADDRESS_PARTS
from kith.settings import actions as settings
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim, place, source

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def typed_in() -> None:
    """Other tests may have emptied every table."""
    source("LOCAL")


ClientOf = Callable[[User], Client]
HOME = {"address_1_line1": "12 Harbour Walk", "address_1_city": "Limassol", "address_1_type": "HOME"}
OFFICE = {"address_2_line1": "1 Low Lane", "address_2_city": "Paphos", "address_2_type": "BUSINESS"}


def contact_of(*records: SourceRecord) -> Contact:
    contact = Contact.objects.create(kind="person")
    place(contact, *records)
    return again(contact)


def again(contact: Contact) -> Contact:
    assemble([contact.pk])
    return Contact.objects.get(pk=contact.pk)


@pytest.fixture
def contact() -> Contact:
    return contact_of(claim("TICKETING", "T1", received_at=None, last_name="Lee", **HOME, **OFFICE))


def lines(contact: Contact) -> list[str | None]:
    return list(contact.addresses.order_by("position").values_list("line1", flat=True))


def key_of(contact: Contact, line1: str) -> str:
    rows = contact.addresses.values("type", *ADDRESS_PARTS)
    return next(address_key(row) for row in rows if row["line1"] == line1)


def retire(contact: Contact, key: str) -> None:
    actions.deactivate_address(actor=COMMAND_LINE, contact_id=contact.pk, key=key)


def test_c23_an_address_of_parts_is_shown_by_its_lines_and_keeps_its_parts() -> None:
    parts = {"street": "Makariou", "street_number": "4", "floor": "2", "apartment": "201", "country": "CY"}
    record = claim(
        "SHOP",
        "1",
        received_at=None,
        last_name="Lee",
        **{f"address_1_{part}": text for part, text in parts.items()},
    )
    contact = contact_of(record)
    row = contact.addresses.get()
    assert (row.line1, row.line2) == ("Makariou 4", "Flat 201, Floor 2")
    assert (row.street, row.street_number, row.care_of) == ("Makariou", "4", None)
    assert "care_of" not in record.addresses[0]


def test_c23_a_second_active_address_of_a_type_is_refused(contact: Contact) -> None:
    second = {"address_1_line1": "9 New Road", "address_1_type": "HOME"}
    with pytest.raises(Refused) as refused:
        say(contact, **second)
    assert list(refused.value.fields) == ["address_1_type"]
    retire(contact, key_of(contact, "12 Harbour Walk"))
    say(contact, **second)
    assert lines(contact) == ["9 New Road", "1 Low Lane"]


def test_c23_an_address_is_not_made_another_one_of_a_type(contact: Contact) -> None:
    second = {"address_1_line1": "1 Low Lane", "address_1_city": "Paphos", "address_1_type": "HOME"}
    with pytest.raises(Refused) as refused:
        say(contact, **second)
    assert list(refused.value.fields) == ["address_1_type"]
    say(contact, **{**second, "address_1_type": "BUSINESS"})


def test_c23_two_primaries_are_impossible(contact: Contact) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        contact.addresses.filter(is_primary=False).update(is_primary=True)


def test_c6_the_only_address_of_a_mandatory_type_is_not_deactivated(contact: Contact) -> None:
    addresses = tuple(replace(one, mandatory=one.code == "HOME") for one in TYPES.shipped().addresses)
    settings.save_section(
        actor=COMMAND_LINE, section=TYPES, value=replace(TYPES.shipped(), addresses=addresses)
    )
    with pytest.raises(Refused, match="“Home” is mandatory"):
        retire(contact, key_of(contact, "12 Harbour Walk"))
    assert lines(contact) == ["12 Harbour Walk", "1 Low Lane"]
    retire(contact, key_of(contact, "1 Low Lane"))


def say(contact: Contact, **value: str) -> GoldenOverride:
    return actions.override(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        field="addresses",
        value=value,
        mode=GoldenOverride.Mode.PINNED,
    )


def test_c24_an_inactive_address_is_no_golden_value_and_another_becomes_primary(contact: Contact) -> None:
    key = key_of(contact, "12 Harbour Walk")
    retire(contact, key)
    assert lines(contact) == ["1 Low Lane"]
    assert contact.addresses.get().is_primary
    assert [(one.key, one.words) for one in statements_of(contact).inactive] == [
        (key, "12 Harbour Walk, Limassol")
    ]
    assert Entry.objects.filter(event="AddressDeactivated", group_id=contact.pk).exists()
    with pytest.raises(Conflict):
        retire(contact, key)


def test_c24_a_corrected_address_takes_the_place_of_the_old_one_which_becomes_inactive(
    agent: User, client_of: ClientOf, contact: Contact
) -> None:
    path = f"/golden-values/{contact.pk}/addresses/"
    browser = client_of(agent)
    page = browser.get(path, {"row": "0"})
    form = page.context["form"]
    assert "no longer used" in page.text
    said = {name: form[name].value() or "" for name in form.fields if name != "leads"}
    browser.post(path, {**said, "address_1_line1": "14 Harbour Walk", "leads": "on", "retires": "on"})
    assert lines(contact) == ["14 Harbour Walk", "1 Low Lane"]
    assert [one.words for one in statements_of(contact).inactive] == ["12 Harbour Walk, Limassol"]
    assert Entry.objects.filter(event="AddressDeactivated", group_id=contact.pk).count() == 1
    # A type that is corrected is no other address.
    page = browser.get(path, {"row": "0"})
    said = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    browser.post(path, {**said, "address_1_type": "OTHER", "retires": "on"})
    assert lines(contact) == ["14 Harbour Walk", "1 Low Lane"]
    assert len(statements_of(contact).inactive) == 1


def test_c24_an_inactive_address_sent_again_stays_inactive(contact: Contact) -> None:
    retire(contact, key_of(contact, "12 Harbour Walk"))
    claim("TICKETING", "T1", received_at=None, last_name="Leigh", **HOME, **OFFICE)
    assert lines(again(contact)) == ["1 Low Lane"]
    other = claim("SHOP", "S1", received_at=None, last_name="Lee", **HOME)
    place(contact, other)
    assert lines(again(contact)) == ["1 Low Lane"]


def in_use(contact_id: int, address: Mapping[str, str | None]) -> Sequence[str]:
    return ("it is the billing address of account A-12",) if contact_id and address["line1"] else ()


def test_c24_an_address_in_use_is_not_deactivated(contact: Contact) -> None:
    key = key_of(contact, "12 Harbour Walk")
    used = override_settings(KITH_ADDRESS_IN_USE="tests.golden.test_addresses.in_use")
    with used, pytest.raises(Refused, match="account A-12"):
        retire(contact, key)
    assert not ValueStatement.objects.exists()


def test_c24_an_address_is_activated_only_when_no_other_of_its_type_is_active(contact: Contact) -> None:
    key = key_of(contact, "12 Harbour Walk")
    retire(contact, key)
    say(contact, address_1_line1="9 New Road", address_1_type="HOME")
    with pytest.raises(Refused, match="another active address of the type HOME"):
        actions.activate_address(actor=COMMAND_LINE, contact_id=contact.pk, key=key)
    retire(contact, key_of(contact, "9 New Road"))
    actions.activate_address(actor=COMMAND_LINE, contact_id=contact.pk, key=key)
    assert lines(contact) == ["12 Harbour Walk", "1 Low Lane"]


def test_c24_only_an_inactive_address_is_removed(contact: Contact) -> None:
    key = key_of(contact, "12 Harbour Walk")
    with pytest.raises(Refused):
        actions.remove_address(actor=COMMAND_LINE, contact_id=contact.pk, key=key)
    retire(contact, key)
    actions.remove_address(actor=COMMAND_LINE, contact_id=contact.pk, key=key)
    assert not statements_of(contact).inactive
    assert lines(again(contact)) == ["1 Low Lane"]
    say(contact, address_1_line1="12 Harbour Walk", address_1_city="Limassol", address_1_type="HOME")
    assert lines(contact) == ["12 Harbour Walk", "1 Low Lane"]


def test_c24_what_is_inactive_goes_where_its_system_ref_goes(contact: Contact) -> None:
    retire(contact, key_of(contact, "12 Harbour Walk"))
    elsewhere = contact_of(claim("SHOP", "S1", last_name="Lee", address_1_line1="5 Hill", address_1_city="X"))
    Membership.objects.filter(contact=contact).update(contact=elsewhere)
    assert lines(again(elsewhere)) == ["5 Hill", "1 Low Lane"] or lines(elsewhere) == ["1 Low Lane", "5 Hill"]
    assert len(statements_of(elsewhere).inactive) == 1
    back = SourceRecord.objects.get(system_ref="T1")
    Membership.objects.filter(record=back).update(contact=contact)
    assert lines(again(contact)) == ["1 Low Lane"]
    assert not statements_of(elsewhere).inactive


def test_a_note_stays_with_its_value(contact: Contact) -> None:
    key = key_of(contact, "1 Low Lane")
    for note in ("Ring twice", "Ring thrice", "Ring thrice"):
        actions.note_value(
            actor=COMMAND_LINE, contact_id=contact.pk, field="addresses", key=key, note=note, custom={}
        )
    claim("TICKETING", "T1", received_at=None, last_name="Leigh", **HOME, **OFFICE)
    found = statements_of(again(contact)).note("addresses", key)
    assert found is not None
    assert (found.text, found.by) == ("Ring thrice", COMMAND_LINE.name)
    assert ValueStatement.objects.count() == 2


def test_c24_only_those_who_may_edit_retire_addresses(contact: Contact) -> None:
    with pytest.raises(NotAllowed):
        actions.deactivate_address(actor=NOBODY, contact_id=contact.pk, key="x")


def test_c24_by_the_page(agent: User, viewer: User, client_of: ClientOf, contact: Contact) -> None:
    browser, key = client_of(agent), key_of(contact, "12 Harbour Walk")
    base = f"/golden-values/{contact.pk}/addresses"
    assert client_of(viewer).post(f"{base}/deactivate/one/", {"key": key}).status_code == 403
    assert browser.post(f"{base}/explode/one/", {"key": key}).status_code == 404
    assert browser.post(f"{base}/deactivate/one/", {"key": key}).status_code == 302
    page = browser.get(f"/contacts/{contact.pk}/").text
    assert "Inactive addresses (1)" in page
    assert page.count("12 Harbour Walk") == 3, "listed once, with what its two buttons are for"
    assert browser.post(f"{base}/activate/one/", {"key": key}).status_code == 302
    assert "Inactive addresses" not in browser.get(f"/contacts/{contact.pk}/").text
    assert browser.get(f"{base}/about/?row=0").status_code == 200
    assert browser.get(f"{base}/about/?row=77").status_code == 404
    assert browser.post(f"{base}/about/", {"key": key, "note": "Ring twice"}).status_code == 302
    assert "Ring twice" in browser.get(f"/contacts/{contact.pk}/").text
