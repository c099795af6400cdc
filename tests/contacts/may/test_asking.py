"""The database gives the same answers as the table of rules."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.contacts.may.asking import allowed, audience, facts_of, hold_to, may_we_each
from kith.contacts.may.rules import Act, Ask, Channel, Message, may_we
from kith.contacts.models import Contact, SuppressedRecord, Suppression, SuppressionLift
from kith.kernel.errors import Refused
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ASKS = [
    *(Ask(act=act) for act in Act if act is not Act.CONTACT),
    *(Ask(act=Act.SELECT, message=message) for message in Message),
    *(
        Ask(act=Act.CONTACT, channel=channel, message=message)
        for channel, message in itertools.product(Channel, Message)
    ),
]
Carried = tuple[str, str, bool]
REASONS = st.sampled_from(Suppression.Reason.values)
SCOPES = st.sampled_from(Suppression.Scope.values)
STANDING = st.tuples(
    st.lists(st.tuples(REASONS, SCOPES, st.booleans()), max_size=2),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
)


def stored(carried: list[Carried], direct: bool | None, affiliate: bool | None) -> Contact:
    contact = factories.person()
    for reason, scope, is_lifted in carried:
        whole = reason in {"deceased", "anonymised", "restricted"}
        made = Suppression.objects.create(reason=reason, scope="all" if whole else scope, actor="Anna")
        lift = SuppressionLift.objects.create(note="asked", actor="Anna") if is_lifted else None
        SuppressedRecord.objects.create(suppression=made, record_id=contact.primary_record_id or 0, lift=lift)
    Contact.objects.filter(pk=contact.pk).update(direct_marketing=direct, affiliate_marketing=affiliate)
    return contact


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STANDING, min_size=3, max_size=8))
def test_x5_one_by_one_and_in_the_database_the_answers_are_the_same(
    said: list[tuple[list[Carried], bool | None, bool | None]],
) -> None:
    ids = [stored(*one).pk for one in said]
    facts = facts_of(ids)
    for ask in ASKS:
        found = set(Contact.objects.filter(allowed(ask), pk__in=ids).values_list("pk", flat=True))
        assert found == {pk for pk in ids if may_we(facts[pk], ask)}, ask


def test_k19_of_three_system_refs_one_suppressed_suppresses_all() -> None:
    records = [factories.record({"last_name": "Lee"}) for _ in range(3)]
    contact = factories.contact(*records)
    made = Suppression.objects.create(reason="opt_out", actor="Anna")
    SuppressedRecord.objects.create(suppression=made, record_id=records[1].pk)
    assert not may_we_each([contact.pk], Ask(act=Act.SELECT))[contact.pk]
    assert not audience(Contact.objects.filter(pk=contact.pk), Ask(act=Act.SELECT)).exists()


def test_a_group_id_that_is_not_there_forbids_everything() -> None:
    retired = factories.person()
    Contact.objects.filter(pk=retired.pk).update(state="retired", retired_at="2026-01-01T00:00Z")
    for ask in ASKS:
        for pk in (999, retired.pk):
            with pytest.raises(Refused):
                hold_to(pk, ask)


def test_many_are_asked_of_in_two_queries() -> None:
    ids = [factories.person().pk for _ in range(5)]
    with CaptureQueriesContext(connection) as queries:
        may_we_each(ids, Ask(act=Act.SELECT))
    assert len(queries) == 2
