"""Promise: whatever is asked, cancelled and carried out in whatever order, only what was carried out changed
anything, once, and no contact ever has two requests waiting.
"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.contacts.models import Contact
from kith.grouping.intents import Intent, Ungroup
from kith.grouping.models import Operation
from kith.kernel.errors import Refused
from kith.runs.models import Run
from kith.sources.models import Membership
from kith.stewardship import requests
from kith.stewardship.actions import apply_waiting
from kith.stewardship.models import Case, Request, RequestContact
from tests.stewardship.asking import grouped, settle, strangers

PEOPLE = 4
place = st.integers(0, PEOPLE - 1)
ask_to_group = st.tuples(st.just("group"), place, place)
ask_to_ungroup = st.tuples(st.just("ungroup"), place, place)
end = st.tuples(st.sampled_from(["cancel", "carry out"]), place, place)
Step = tuple[str, int, int]


class Anything(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.one_of(ask_to_group, ask_to_ungroup, end), min_size=4, max_size=14))
    def test_a8_whatever_is_asked_in_whatever_order_only_what_was_carried_out_changed_anything(
        self, steps: list[Step]
    ) -> None:
        settle(changes_wait=True)
        contacts = strangers(PEOPLE)
        run = Run.objects.create(trigger="button")
        for step in steps:
            before = _standing()
            changed = _do(step, contacts, run)
            assert changed or _standing() == before
            _holds()
        Run.objects.all().update(state="done")


def _do(step: Step, contacts: list[Contact], run: Run) -> bool:
    """Whether who is who may have changed."""
    what, at, other = step
    if what in {"group", "ungroup"}:
        one = contacts[at]
        intent: Intent = grouped(one, contacts[other]) if what == "group" else Ungroup(contact=one.pk)
        with suppress(Refused):
            requests.ask(actor=COMMAND_LINE, intent=intent, lift=True)
        return False
    waiting = list(Request.objects.filter(state="queued").order_by("pk"))
    if not waiting:
        return False
    chosen = waiting[at % len(waiting)]
    if what == "cancel":
        requests.cancel(actor=COMMAND_LINE, request_id=chosen.pk)
        return False
    return apply_waiting(actor=OVERNIGHT, request_id=chosen.pk, run_id=run.pk) == "applied"


def _standing() -> list[tuple[int, int]]:
    return list(Membership.objects.order_by("record_id").values_list("record_id", "contact_id"))


def _holds() -> None:
    waiting = list(RequestContact.objects.filter(waits=True).values_list("contact_id", flat=True))
    assert len(waiting) == len(set(waiting))
    assert {one.state for one in Request.objects.filter(involved__waits=True)} <= {"queued"}
    applied = Request.objects.filter(state="applied")
    assert (
        applied.count() == Operation.objects.count() == len(set(applied.values_list("operation", flat=True)))
    )
    assert Request.objects.filter(state="failed").count() == Case.objects.count()
