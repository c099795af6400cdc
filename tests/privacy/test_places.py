from __future__ import annotations

import pytest
from django.db import connection

from kith.privacy.erasing.places import owners_of, places
from tests.privacy.filling import filled

pytestmark = pytest.mark.django_db


def test_of_each_row_it_is_said_whose_it_is() -> None:
    person, other = filled("personone"), filled("persontwo")
    looked_at = 0
    for place in places():
        rule, owners = place.rule.hangs_on, owners_of(place)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {owners.records}, {owners.contacts} FROM {place.table} t")
            found = cursor.fetchall()
        if not found or not place.where or place.model not in person.rows:
            continue
        looked_at += 1
        assert all(records is not None and contacts is not None for records, contacts in found)
        for one in (person, other):
            assert any(
                one.record_id in records or one.contact_id in contacts for records, contacts in found
            ), place
        assert rule.records or rule.contacts or rule.through
    assert looked_at > 25
