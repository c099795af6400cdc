"""The moment that is asked for: a date, a date and a time, or an exact moment from a link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Final

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from kith.kernel.clock import now

_NO_DATE: Final = "This is not a date. Write it as 2026-11-01."
_FUTURE: Final = "This lies in the future: nobody knows yet how the contact will stand."


class MomentForm(forms.Form):
    """A date alone means its last moment, or now where that has not come yet."""

    at = forms.CharField(label="On", max_length=40, widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(
        label="Time, else the day's end",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": "1"}),
    )

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        self.moment: datetime | None = None

    def clean(self) -> None:
        text = str(self.cleaned_data.get("at", "")).strip()
        if not text:
            return
        moment = _read(text, self.cleaned_data.get("time"))
        if moment is None:
            self.add_error("at", _NO_DATE)
        elif moment > now():
            self.add_error("at", _FUTURE)
        else:
            self.moment = moment

    @classmethod
    def showing(cls, moment: datetime) -> MomentForm:
        """An exact moment, in the two fields that people see."""
        local = timezone.localtime(moment)
        return cls({"at": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M:%S}"})


def _read(text: str, at_time: time | None) -> datetime | None:
    try:
        day, exact = parse_date(text), parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    try:
        if day is None:
            return None if exact is None else _aware(exact)
        if at_time is not None:
            return _aware(datetime.combine(day, at_time))
        end = _aware(datetime.combine(day, time.max))
    except (ValueError, OverflowError):
        return None
    present = now()
    return present if day == timezone.localdate(present) else end


def _aware(moment: datetime) -> datetime:
    """UTC; in the installation's zone where it says none."""
    placed = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return placed.astimezone(timezone.get_current_timezone())
