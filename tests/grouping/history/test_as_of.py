"""A contact as it stood on a past date."""

from __future__ import annotations

import pytest

from kith.contacts.models import Contact
from kith.golden.assembly import assemble
from kith.grouping.history.as_of import Existence, as_of
from kith.kernel.clock import now
from tests.contacts import factories

pytestmark = pytest.mark.django_db


def golden(contact: Contact) -> dict[str, object]:
    names = ("name", "first_name", "last_name", "birth_date", "language", "provenance", "primary_record_id")
    rows = {
        field: [
            {key: getattr(row, key) for key in (*keys, "source_record_id", "position", "is_primary")}
            for row in sorted(getattr(contact, field).all(), key=lambda row: row.position)
        ]
        for field, keys in (
            ("emails", ("value", "type")),
            ("phones", ("value", "type")),
            ("addresses", ("type", "line1", "postcode", "city", "country")),
        )
    }
    return {name: getattr(contact, name) for name in names} | rows


def stored(contact: Contact) -> Contact:
    assemble([contact.pk])
    return Contact.objects.get(pk=contact.pk)


def test_as_of_now_is_the_stored_golden_record() -> None:
    contact = stored(factories.eleni())
    then = as_of(contact, at=now())
    assert then.existence is Existence.ACTIVE
    assert then.contact is not None
    assert golden(then.contact) == golden(contact)
