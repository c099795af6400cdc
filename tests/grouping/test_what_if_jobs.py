"""Shadow runs in the background: they survive a kill, obey a cancel, and leave no trace either way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import InternalError, connection

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.access.models import User
from kith.contacts.actions import suppress
from kith.grouping.actions import carry_out
from kith.grouping.intents import KeepApart
from kith.grouping.models import KnownPair, WhatIf
from kith.grouping.what_if import actions
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.reading import reading
from kith.jobs.actions import cancel_job
from kith.kernel.errors import NotAllowed, Refused
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim
from tests.grouping.what_if_stores import BY_PHONE, everything_but_shadow_runs, overnight, tried

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def family() -> list[SourceRecord]:
    one = claim("SHOP", "A", first_name="Eleni", last_name="Reid", phone_1="+35799123456")
    two = claim("CLUB", "B", first_name="Marios", last_name="Christou", phone_1="+35799123456")
    overnight()
    return [one, two]


def contact_of(record: SourceRecord) -> int:
    return Membership.objects.get(pk=record.pk).contact_id


def test_the_worker_does_it_and_writes_nothing_else(
    family: list[SourceRecord], power_user: User, run_jobs: Callable[[], None]
) -> None:
    before = everything_but_shadow_runs()
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    run_jobs()
    made.refresh_from_db()
    assert made.state == WhatIf.State.DONE
    assert everything_but_shadow_runs() == before


def test_a_killed_one_is_simply_done_again(family: list[SourceRecord], power_user: User) -> None:
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    WhatIf.objects.filter(pk=made.pk).update(state=WhatIf.State.RUNNING)
    done = actions.run_what_if(actor=power_user.actor, what_if_id=made.pk)
    assert done.state == WhatIf.State.DONE
    assert actions.run_what_if(actor=power_user.actor, what_if_id=made.pk).finished_at == done.finished_at


def test_a_cancelled_one_stops_and_leaves_no_trace(
    family: list[SourceRecord], power_user: User, run_jobs: Callable[[], None]
) -> None:
    before = everything_but_shadow_runs()
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    actions.cancel_what_if(actor=power_user.actor, what_if_id=made.pk)
    with pytest.raises(Refused, match="ended already"):
        actions.cancel_what_if(actor=power_user.actor, what_if_id=made.pk)
    run_jobs()
    made.refresh_from_db()
    assert (made.state, made.result) == (WhatIf.State.CANCELLED, None)
    with pytest.raises(Refused, match="is done"):
        actions.publish_what_if(actor=power_user.actor, what_if_id=made.pk)
    assert everything_but_shadow_runs() == before


def test_one_cancelled_while_it_runs_stops_at_its_next_safe_point(
    family: list[SourceRecord], power_user: User, run_jobs: Callable[[], None]
) -> None:
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    assert made.job_id is not None
    cancel_job(actor=power_user.actor, job_id=made.job_id)
    run_jobs()
    made.refresh_from_db()
    assert (made.state, made.result) == (WhatIf.State.CANCELLED, None)


def test_one_that_nobody_works_on_any_more_is_cancelled_at_once(
    family: list[SourceRecord], power_user: User
) -> None:
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    WhatIf.objects.filter(pk=made.pk).update(state=WhatIf.State.RUNNING)
    assert actions.cancel_what_if(actor=power_user.actor, what_if_id=made.pk).state == WhatIf.State.RUNNING
    with connection.cursor() as cursor:  # as its last attempt failed
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [made.job_id])
    assert actions.cancel_what_if(actor=power_user.actor, what_if_id=made.pk).state == WhatIf.State.CANCELLED


def test_it_is_done_although_whoever_asked_may_not_any_more(
    family: list[SourceRecord], power_user: User, run_jobs: Callable[[], None]
) -> None:
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    User.objects.filter(pk=power_user.pk).update(roles=[])
    run_jobs()
    made.refresh_from_db()
    assert made.state == WhatIf.State.DONE


def test_one_whose_candidate_is_gone_says_so(family: list[SourceRecord], power_user: User) -> None:
    made = actions.start_what_if(actor=power_user.actor, candidate=Candidate(rules=BY_PHONE))
    WhatIf.objects.filter(pk=made.pk).update(candidate={"person_model_id": 999})
    done = actions.run_what_if(actor=power_user.actor, what_if_id=made.pk)
    assert done.state == WhatIf.State.FAILED
    assert "no such version" in done.error


def test_nobody_runs_one_without_the_permission(family: list[SourceRecord]) -> None:
    made = actions.start_what_if(actor=COMMAND_LINE, candidate=Candidate(rules=BY_PHONE))
    with pytest.raises(NotAllowed):
        actions.run_what_if(actor=NOBODY, what_if_id=made.pk)


def test_while_a_shadow_run_reads_postgresql_refuses_to_write(db: None) -> None:
    with pytest.raises(InternalError, match="read-only"), reading(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM grouping_evidence")


def test_decisions_of_people_hold_in_it(family: list[SourceRecord], steward: User) -> None:
    contacts = tuple(sorted(contact_of(one) for one in family))
    carry_out(actor=steward.actor, intent=KeepApart(contacts=contacts))
    _, result = tried(Candidate(rules=BY_PHONE))
    counts = result.counts
    assert (counts.joined, counts.decisions, counts.decisions_against) == (0, 1, 1)
    assert actions.know_what_was_decided(actor=steward.actor) == 1
    assert KnownPair.objects.get().verdict == KnownPair.Verdict.DIFFERENT
    assert actions.know_what_was_decided(actor=steward.actor) == 0


def test_it_tells_who_would_become_suppressed(family: list[SourceRecord], administrator: User) -> None:
    suppressed, free = (contact_of(one) for one in family)
    suppress(actor=administrator.actor, contact_id=suppressed, reason="manual", note="")
    _, result = tried(Candidate(rules=BY_PHONE))
    assert result.counts.protected == 1
    assert result.examples["protected"][0].contacts == (free,)
