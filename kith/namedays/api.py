"""Name days for other systems: who celebrates, the rules, the runs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.kernel.clock import today
from kith.kernel.errors import Refused
from kith.namedays import actions, queries
from kith.namedays.carrying import names_in
from kith.namedays.days import read_day
from kith.namedays.models import NameDayRun
from kith.namedays.schemas import (
    CelebratingOut,
    CelebratingQuery,
    NameDayRuleIn,
    NameDayRuleOut,
    NameDayRulesIn,
    NameDayRulesOut,
    NameDayRulesReplaced,
    NameDayRunOut,
    NameDayRunQueued,
    StateName,
    TriggerName,
)
from kith.namedays.sections import OWN_RULES, OwnRule, OwnRules
from kith.settings.actions import save_section
from kith.settings.in_force import in_force
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    answers,
    falling,
    rising,
)

name_days: Final = Router(tags=["name days"])
_YEARS: Final = range(1900, 2201)
_STATES: Final[dict[str, StateName]] = {
    NameDayRun.State.RUNNING: "running",
    NameDayRun.State.DONE: "done",
    NameDayRun.State.FAILED: "failed",
    NameDayRun.State.CANCELLED: "cancelled",
}
_TRIGGERS: Final[dict[str, TriggerName]] = {
    NameDayRun.Trigger.NIGHT: "night",
    NameDayRun.Trigger.BUTTON: "button",
}


@name_days.get(
    "",
    summary="List who celebrates",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[CelebratingOut], *WITH_QUERY),
)
def list_celebrating(request: ApiRequest, asked: Query[CelebratingQuery]) -> Listed[CelebratingOut]:
    """Contacts whose name day is within these days, by GroupID; without the deceased."""
    start = asked.start or today()
    end = asked.end or start
    if start.year not in _YEARS or end.year not in _YEARS:
        raise Refused("Ask for days between 1900 and 2200.")
    page = rising(queries.celebrating(start, end, actor=request.auth), asked)
    rows = sorted(queries.with_dates(page.rows, start, end), key=lambda one: one.contact.pk)
    items = [
        CelebratingOut(group_id=one.contact.pk, name=one.contact.name, on=one.on, is_sure=one.is_sure)
        for one in rows
    ]
    return Listed[CelebratingOut](items=items, next=page.next)


@name_days.get(
    "/rules",
    summary="Show the name day rules",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(NameDayRulesOut),
)
def show_name_day_rules(request: ApiRequest) -> NameDayRulesOut:
    """Those of your own; the calendars that Kith comes with are not among them."""
    return _rules(in_force(OWN_RULES))


@name_days.put(
    "/rules",
    summary="Replace the name day rules",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(NameDayRulesReplaced, *WITH_BODY, *CHANGES),
)
def replace_name_day_rules(request: ApiRequest, given: NameDayRulesIn) -> NameDayRulesReplaced:
    """All of them at once; they count from the next run."""
    value = OwnRules(tuple(_rule(one) for one in given.rules))
    save_section(actor=request.auth, section=OWN_RULES, value=value, note="Through the API")
    return NameDayRulesReplaced(rules=len(value.rules))


@name_days.get(
    "/runs",
    summary="List name day runs",
    auth=with_key(Permission.RUN_VIEW),
    response=answers(Listed[NameDayRunOut], *WITH_QUERY),
)
def list_name_day_runs(request: ApiRequest, paging: Query[Paging]) -> Listed[NameDayRunOut]:
    """The newest first."""
    page = falling(queries.runs(actor=request.auth), paging)
    return Listed[NameDayRunOut](items=[_run(row) for row in page.rows], next=page.next)


@name_days.get(
    "/runs/{run_id}",
    summary="Open a name day run",
    auth=with_key(Permission.RUN_VIEW),
    response=answers(NameDayRunOut, *WITH_ID),
)
def open_name_day_run(request: ApiRequest, run_id: Id) -> NameDayRunOut:
    return _run(queries.run_of(run_id, actor=request.auth))


@name_days.post(
    "/runs",
    summary="Start a name day run",
    auth=with_key(Permission.RUN_START),
    response=answers(NameDayRunQueued, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def start_name_day_run(request: ApiRequest) -> Status[NameDayRunQueued]:
    """Put a run into the queue; refused while another waits there."""
    actions.request_run(actor=request.auth)
    return Status(HTTPStatus.ACCEPTED, NameDayRunQueued(state="queued"))


def _rule(given: NameDayRuleIn) -> OwnRule:
    names = tuple(dict.fromkeys(name for text in given.names for name in names_in(text)))
    return OwnRule(read_day(given.day).code, names)


def _rules(value: OwnRules) -> NameDayRulesOut:
    rows = [
        NameDayRuleOut(day=one.day, words=read_day(one.day).words, names=list(one.names))
        for one in value.rules
    ]
    return NameDayRulesOut(rules=rows)


def _run(row: NameDayRun) -> NameDayRunOut:
    return NameDayRunOut(
        id=row.pk,
        state=_STATES[row.state],
        trigger=_TRIGGERS[row.trigger],
        started_at=row.started_at,
        finished_at=row.finished_at,
        counts=row.counts,
        reason=row.error,
    )
