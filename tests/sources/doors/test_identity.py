from __future__ import annotations

from kith.matching.cleaning import CleaningOptions, JunkList, clean_record
from kith.sources.doors.identity import COLUMNS, identity_keys

OPTIONS = CleaningOptions(default_country="GB", junk=JunkList.default())
DORA = {
    "first_name": "Dora",
    "last_name": "Marlowe",
    "birth_date": "1984-03-02",
    "email_1": "dora@example.org",
    "phone_1": "+44 20 7946 0123",
    "address_1_line1": "1 High Street",
    "address_1_postcode": "SW1A 1AA",
    "address_1_country": "GB",
}


def keys(**said: str) -> frozenset[str]:
    cleaned = clean_record({**said, "kind": "person"}, options=OPTIONS)
    return identity_keys({name: getattr(cleaned, name) for name in COLUMNS})


def test_the_same_person_written_otherwise_has_keys_in_common() -> None:
    assert keys(**DORA) & keys(first_name="DORA", last_name="marlowe", email_1="Dora@Example.org")
    assert keys(**DORA) & keys(first_name="Dora", last_name="Marlowe", phone_1="020 7946 0123")
    moved = {**DORA, "email_1": "other@example.org", "phone_1": ""}
    assert keys(**DORA) & keys(**moved)


def test_a_family_shares_an_e_mail_a_phone_and_an_address_and_no_key() -> None:
    child = {**DORA, "first_name": "Paul", "birth_date": "2012-07-01", "email_1": "paul@example.org"}
    assert not keys(**DORA) & keys(**child)
    assert not keys(**DORA) & keys(first_name="Ann", last_name="Other", email_1="dora@example.org")


def test_one_value_alone_is_nobody() -> None:
    for name in ("first_name", "last_name", "email_1", "phone_1", "birth_date"):
        assert not keys(**{name: DORA[name]})
