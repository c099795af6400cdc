"""Promise 3: who is one does not depend on the order, or the nights, in which claims arrive."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.access.actors import OVERNIGHT
from kith.runs import actions
from kith.runs.models import Run, RunSettings
from kith.sources.models import SourceRecord
from tests.claims import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Claim = dict[str, str]
Partition = frozenset[frozenset[str]]

_CLAIM = st.fixed_dictionaries(
    {
        "last_name": st.sampled_from(["Reid", "Nikolaou"]),
        "first_name": st.sampled_from(["Eleni", "Helen", "Petros"]),
    },
    optional={
        "email_1": st.sampled_from(["a@example.com", "b@example.com"]),
        "phone_1": st.sampled_from(["99123456", "99123457"]),
    },
)


def _partition() -> Partition:
    groups: dict[int | None, set[str]] = {}
    for ref, contact_id in SourceRecord.objects.values_list("system_ref", "membership__contact_id"):
        groups.setdefault(contact_id, set()).add(ref)
    return frozenset(frozenset(members) for members in groups.values())


def _after(nights: list[list[tuple[int, Claim]]]) -> Partition:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE sources_sourcerecord, sources_change, contacts_contact, grouping_evidence,"
            " grouping_move CASCADE"
        )
    for night in nights:
        for number, fields in night:
            claim("TICKETS", str(number), **fields)
        run = actions.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
        assert run.state == Run.State.DONE
    return _partition()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=st.lists(_CLAIM, min_size=3, max_size=7), order=st.randoms(use_true_random=False))
def test_claims_over_three_nights_in_any_order_group_as_all_in_one_night(
    claims: list[Claim], order: object
) -> None:
    RunSettings.objects.update_or_create(pk=1, defaults={"breaker_percent": 100})
    numbered = list(enumerate(claims))
    shuffled = numbered.copy()
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis draws a random.Random
    third = len(shuffled) // 3
    nights = [shuffled[:third], shuffled[third : 2 * third], shuffled[2 * third :]]
    assert _after(nights) == _after([numbered])
