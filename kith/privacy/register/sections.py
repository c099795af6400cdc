"""How requests of persons come in: a section of the settings, and its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms

from kith.settings.editing import Editor, Typed
from kith.settings.in_force import in_force
from kith.settings.sections import Section

MOST_REMIND: Final = 28


@dataclass(frozen=True, slots=True)
class Requests:
    remind_days: int = 7
    """A case is opened when fewer days are left."""
    has_public_form: bool = False


def _problems(value: Requests) -> tuple[str, ...]:
    if 1 <= value.remind_days <= MOST_REMIND:
        return ()
    return (f"a case is opened 1 to {MOST_REMIND} days before a request is due",)


REQUESTS: Final = Section(
    key="person_requests",
    label="Requests of persons",
    about="When a request that is due opens a case, and whether there is a public form.",
    shape=Requests,
    shipped=Requests,
    url_name="register:settings",
    problems=_problems,
)


def requests_in_force() -> Requests:
    return in_force(REQUESTS)


class RequestsForm(forms.Form):
    remind_days = forms.IntegerField(
        label="Open a case this many days before a request is due",
        min_value=1,
        max_value=MOST_REMIND,
        help_text="With fewer days left, or overdue; each request opens one.",
    )
    has_public_form = forms.BooleanField(
        label="Anybody may send a request at /privacy-request/",
        required=False,
        help_text="Without signing in. It becomes a request only when its link, sent by e-mail, is confirmed;"
        " so set up how e-mail is sent first,"
        " and KITH_PROXIES where a proxy stands before Kith.",
    )


EDITOR: Final = Editor(
    section=REQUESTS,
    form=RequestsForm,
    shown=lambda value: Typed({"remind_days": value.remind_days, "has_public_form": value.has_public_form}),
    read=lambda typed: Requests(
        remind_days=int(str(typed.single["remind_days"])),
        has_public_form=bool(typed.single["has_public_form"]),
    ),
)
