"""How requests of persons come in, and how long their words are kept: a section of the settings, its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms

from kith.settings.editing import Editor, Typed
from kith.settings.in_force import in_force
from kith.settings.sections import Section

MOST_REMIND: Final = 28
MOST_KEEP: Final = 3_650


@dataclass(frozen=True, slots=True)
class Requests:
    remind_days: int = 7
    """A case is opened when fewer days are left."""
    has_public_form: bool = False
    keep_words_days: int = 365
    """After it is closed; then nobody can read any more what the person wrote."""


def _problems(value: Requests) -> tuple[str, ...]:
    reasons = []
    if not 1 <= value.remind_days <= MOST_REMIND:
        reasons.append(f"a case is opened 1 to {MOST_REMIND} days before a request is due")
    if not 0 <= value.keep_words_days <= MOST_KEEP:
        reasons.append(f"what persons wrote is kept for at most {MOST_KEEP:,} days")
    return tuple(reasons)


REQUESTS: Final = Section(
    key="person_requests",
    label="Requests of persons",
    about="When a request that is due opens a case, whether there is a public form, how long words are kept.",
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
    keep_words_days = forms.IntegerField(
        label="Days that a closed request keeps what the person wrote",
        min_value=0,
        max_value=MOST_KEEP,
        help_text="Then its key is destroyed. That there was a request, and what was answered, stays.",
    )


EDITOR: Final = Editor(
    section=REQUESTS,
    form=RequestsForm,
    shown=lambda value: Typed(
        {
            "remind_days": value.remind_days,
            "has_public_form": value.has_public_form,
            "keep_words_days": value.keep_words_days,
        }
    ),
    read=lambda typed: Requests(
        remind_days=int(str(typed.single["remind_days"])),
        has_public_form=bool(typed.single["has_public_form"]),
        keep_words_days=int(str(typed.single["keep_words_days"])),
    ),
)
