"""An erasure waits for a long import no longer than everybody else can wait for the erasure."""

from __future__ import annotations

import pytest
from django.db import connection

from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.sources.doors.lock import ERASING
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order


@pytest.mark.django_db(transaction=True)
def test_while_somebody_writes_for_long_it_gives_way_and_counts_no_try(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow()
    erasure = order(factories.person())
    monkeypatch.setattr(steps, "_WAIT_SECONDS", 1)
    other = connection.copy()
    other.ensure_connection()
    try:
        with other.connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING])
            steps.carry_on([erasure.uid])
            erasure.refresh_from_db()
            assert (erasure.state, erasure.attempts) == (Erasure.State.QUEUED, 0)
            cursor.execute("COMMIT")
    finally:
        other.close()
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE, erasure.trouble
