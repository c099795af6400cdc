"""An erasure waits for a long import no longer than everybody else can wait for the erasure."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.sources.doors.lock import ERASING
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order


def _noted(tried: list[UUID], uid: UUID, *, in_run: bool) -> None:
    tried.append(uid)
    steps.erase(uid, in_run=in_run)


@pytest.mark.django_db(transaction=True)
def test_while_somebody_writes_for_long_it_gives_way_and_counts_no_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow()
    erasure, next_one = order(factories.person()), order(factories.person("Paul"))
    tried: list[UUID] = []
    monkeypatch.setattr(steps, "_WAIT_SECONDS", 1)
    monkeypatch.setitem(steps._STEPS, Erasure.State.QUEUED, lambda uid, **more: _noted(tried, uid, **more))
    other = connection.copy()
    other.ensure_connection()
    try:
        with other.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING])
            steps.carry_on([erasure.uid, next_one.uid])
            erasure.refresh_from_db()
            assert (erasure.state, erasure.attempts) == (Erasure.State.QUEUED, 0)
            assert tried == [erasure.uid], "everybody who writes waits as long as each try"
            cursor.execute("COMMIT")
    finally:
        other.close()
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE, erasure.trouble
