"""Every job of the calendar, done by a real worker: nothing around a job opens a transaction."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

PERIODIC = sorted({one.task.name for one in app.periodic_registry.periodic_tasks.values()})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", PERIODIC)
def test_it_ends_well_in_an_installation_that_is_new(name: str, run_jobs: Callable[[], None]) -> None:
    last = ProcrastinateJob.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    app.tasks[name].defer(timestamp=0)
    run_jobs()
    made = ProcrastinateJob.objects.filter(pk__gt=last, task_name=name)
    assert set(made.values_list("status", flat=True)) == {"succeeded"}
