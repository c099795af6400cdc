"""How values read: numbers, dates, ages, phones, money."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import phonenumbers
from babel.core import UnknownLocaleError
from babel.numbers import format_currency
from django.utils import timezone

NBSP = "\u00a0"
LOCALE = "en_GB"
MASKED = "\u2022"
"""Stands in every masked value (`kith.contacts.rights`)."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def group_id(number: int) -> str:
    """1048576 as 1 048 576, held together by no-break spaces."""
    return f"{number:,}".replace(",", NBSP)


def count(number: int) -> str:
    return f"{number:,}"


def day(moment: date | datetime) -> str:
    local = (
        timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment
    )
    return f"{local.day}{NBSP}{MONTHS[local.month - 1]}{NBSP}{local.year:04d}"


def exact(moment: datetime) -> str:
    """To the second, with the zone."""
    local = _local(moment)
    return f"{day(moment)}, {local:%H:%M:%S} {local:%Z}".strip()


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def age(moment: datetime, *, now: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    gone = now - moment
    if gone < timedelta(seconds=-90):
        return day(moment)
    if gone < timedelta(minutes=1):
        return "just now"
    if gone < timedelta(hours=1):
        return _ago(gone // timedelta(minutes=1), "minute")
    if gone < timedelta(hours=24):
        return _ago(gone // timedelta(hours=1), "hour")
    return _days_ago(gone.days)


def _days_ago(days: int) -> str:
    if days < 2:
        return "yesterday"
    if days < 60:
        return _ago(days, "day")
    if days < 730:
        return _ago(days * 100 // 3044, "month")
    return _ago(days * 100 // 36525, "year")


def _ago(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


def phone(text: str) -> str:
    """International form; what is no number, or is masked, comes back as it is."""
    if MASKED in text:
        return text
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def money(amount: Decimal | int, currency: str) -> str:
    try:
        return format_currency(amount, currency, locale=LOCALE, format="¤" + NBSP + "#,##0.00")
    except UnknownLocaleError:
        return f"{currency}{NBSP}{amount:,.2f}"


def duration(span: timedelta) -> str:
    """In the two largest units: 1 h 20 min, 3 min 5 s, 12 s."""
    seconds = max(0, round(span.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    return f"{seconds} s"
