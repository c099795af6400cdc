"""How the settings of name days are edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.access.http import KithRequest
from kith.namedays import forms
from kith.namedays.calendars import all_files
from kith.namedays.carrying import names_in
from kith.namedays.sections import (
    NAME_DAYS,
    OWN_RULES,
    NameDaySettings,
    Order,
    OwnRule,
    OwnRules,
    Schedule,
    Scope,
)
from kith.settings.editing import Draft, Editor, Typed
from kith.settings.rows import List


def _settings_shown(value: NameDaySettings) -> Typed:
    single = {"scope": value.scope.value, "schedule": value.schedule.value, "order": value.order.value}
    return Typed(single, {"calendars": [{"calendar": code} for code in value.calendars]})


def _settings(typed: Typed) -> NameDaySettings:
    return NameDaySettings(
        calendars=tuple(str(row["calendar"]) for row in typed.rows["calendars"]),
        order=Order(str(typed.single["order"])),
        scope=Scope(str(typed.single["scope"])),
        schedule=Schedule(str(typed.single["schedule"])),
    )


def _known(request: KithRequest, draft: Draft) -> Mapping[str, object]:
    return {"calendar_files": all_files()}


SETTINGS: Final = Editor(
    section=NAME_DAYS,
    form=forms.NameDaysForm,
    lists=(
        List(
            name="calendars",
            label="Calendars",
            one="calendar",
            form=forms.CalendarRow,
            about="Those that count. Rules of your own go before all of them.",
            unique=("calendar",),
        ),
    ),
    shown=_settings_shown,
    read=_settings,
    after="namedays/_calendars.html",
    more=_known,
    saved="Saved. It counts from the next run of the name days.",
)

RULES: Final = Editor(
    section=OWN_RULES,
    lists=(
        List(
            name="rules",
            label="Rules",
            one="rule",
            form=forms.RuleRow,
            about="A day, and the names that celebrate then. Two rules with one name: the earlier counts.",
            is_ordered=False,
            unique=("day",),
        ),
    ),
    shown=lambda value: Typed(
        rows={"rules": [{"day": one.day, "names": ", ".join(one.names)} for one in value.rules]}
    ),
    read=lambda typed: OwnRules(
        tuple(OwnRule(str(row["day"]), names_in(str(row["names"]))) for row in typed.rows["rules"])
    ),
    before="namedays/_rules.html",
    saved="Saved. It counts from the next run of the name days.",
)
