"""Undoing what came apart into several, of which one went on into another contact since."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from kith.golden.assembly import assemble
from kith.grouping.intents import Group, Undo, Ungroup
from tests.claims import claim, place
from tests.grouping.acting import do, group_id, partition

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_an_ungroup_into_several_is_undone_after_one_of_them_was_grouped_elsewhere() -> None:
    from kith.contacts.models import Contact

    records = [claim("TICKETS", ref, first_name="Eleni", last_name="Reid") for ref in "123"]
    other = claim("TICKETS", "4", first_name="Helen", last_name="Reid")
    whole, target = (Contact.objects.create(kind="person") for _ in range(2))
    place(whole, *records)
    place(target, other)
    assemble([whole.pk, target.pk])
    apart = do(Ungroup(contact=whole.pk))
    do(Group(master=target.pk, children=(group_id(records[0]),)), lift=True)
    statements = 0

    def counted(execute: Callable[..., object], *args: object) -> object:
        nonlocal statements
        statements += 1
        if statements == 500:
            pytest.fail("undoing goes round in circles")
        return execute(*args)

    with connection.execute_wrapper(counted):
        do(Undo(operation=apart.pk), lift=True)
    gone_on, *stayed = (one.pk for one in records)
    assert partition()[whole.pk] == set(stayed)
    assert partition()[target.pk] == {other.pk, gone_on}
