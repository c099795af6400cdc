"""When the scheduled batch runs and how many it may take: a section of the settings, and its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django import forms

from kith.privacy.sections import anonymisation_in_force
from kith.settings.editing import Editor, Typed
from kith.settings.in_force import in_force
from kith.settings.sections import Section

LAST_DAY: Final = 28
"""Every month has it."""
MOST_A_NIGHT: Final = 1_000


class Repeat(StrEnum):
    OFF = "off"
    NIGHTLY = "nightly"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    repeat: Repeat = Repeat.OFF
    weekday: int = 7
    """ISO: 1 is Monday."""
    day: int = 1
    """Of the month."""
    most: int = MOST_A_NIGHT
    """Ordered in one night; the rest waits for the next."""
    most_percent: int = 5
    """Of all contacts; of more at once a person has to say that it is right."""

    def is_due(self, today: date) -> bool:
        match self.repeat:
            case Repeat.NIGHTLY:
                return True
            case Repeat.WEEKLY:
                return today.isoweekday() == self.weekday
            case Repeat.MONTHLY:
                return today.day == self.day
            case _:
                return False


def _problems(value: Schedule) -> tuple[str, ...]:
    reasons = []
    if not 1 <= value.weekday <= 7:  # days of a week
        reasons.append("a weekday is 1 (Monday) to 7 (Sunday)")
    if not 1 <= value.day <= LAST_DAY:
        reasons.append(f"the day of the month is between 1 and {LAST_DAY}")
    if value.most < 1:
        reasons.append("at least one contact a night")
    if not 1 <= value.most_percent <= 100:  # a share
        reasons.append("the share is between 1 and 100 percent")
    return tuple(reasons)


def _refuses(_before: Schedule, after: Schedule) -> tuple[str, ...]:
    """It is simulated before it may be switched on."""
    from kith.privacy.scheduled.eligible import simulated

    if after.repeat is Repeat.OFF:
        return ()
    months = anonymisation_in_force()
    if not months.is_enabled:
        return ("anonymising is switched off in the settings Anonymisation",)
    if not months.months_update:
        return (
            "the settings Anonymisation name no months since the last change of details:"
            " everybody without other dealings would be anonymised the day after they came in",
        )
    seen = simulated()
    if seen.percent <= after.most_percent:
        return ()
    return (
        f"it would anonymise {seen.eligible:,} of {seen.active:,} contacts now ({seen.percent:.1f} %), and"
        f" you let it take {after.most_percent} % at once. Look at them on the page Scheduled anonymisation,"
        " order them there, or raise the share",
    )


SCHEDULE: Final = Section(
    key="scheduled_anonymisation",
    label="Scheduled anonymisation",
    about="Whether contacts left alone for long are anonymised by themselves, and how many at once.",
    shape=Schedule,
    shipped=Schedule,
    url_name="scheduled:settings",
    problems=_problems,
    refuses=_refuses,
)


def schedule_in_force() -> Schedule:
    return in_force(SCHEDULE)


class ScheduleForm(forms.Form):
    repeat = forms.ChoiceField(
        label="Repeat",
        choices=[
            (Repeat.OFF.value, "Off"),
            (Repeat.NIGHTLY.value, "Every night"),
            (Repeat.WEEKLY.value, "One night a week"),
            (Repeat.MONTHLY.value, "One night a month"),
        ],
        help_text="With the overnight run. The months are those of the settings Anonymisation.",
    )
    weekday = forms.TypedChoiceField(
        label="Night of the week",
        coerce=int,
        choices=[
            (1, "Monday"),
            (2, "Tuesday"),
            (3, "Wednesday"),
            (4, "Thursday"),
            (5, "Friday"),
            (6, "Saturday"),
            (7, "Sunday"),
        ],
    )
    day = forms.IntegerField(label="Day of the month", min_value=1, max_value=LAST_DAY)
    most = forms.IntegerField(
        label="Contacts a night, at most", min_value=1, max_value=1_000_000, help_text="The oldest first."
    )
    most_percent = forms.IntegerField(
        label="Share of all contacts, at most (%)",
        min_value=1,
        max_value=100,
        help_text="If more are due at once, none is ordered and a case is opened: somebody looks first.",
    )


EDITOR: Final = Editor(
    section=SCHEDULE,
    form=ScheduleForm,
    shown=lambda value: Typed(
        {
            "repeat": value.repeat.value,
            "weekday": value.weekday,
            "day": value.day,
            "most": value.most,
            "most_percent": value.most_percent,
        }
    ),
    read=lambda typed: Schedule(
        repeat=Repeat(str(typed.single["repeat"])),
        **{name: int(str(typed.single[name])) for name in ("weekday", "day", "most", "most_percent")},
    ),
    saved="Saved. The next night that is due keeps to it.",
)
