"""What was sent, laid into the form of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kith.contacts import local
from kith.contacts.adding.schemas import ContactIn, NewAddress, NewEmail
from kith.contacts.entry import ROWS, EntryForm
from kith.kernel.errors import Refused
from kith.matching.records import CUSTOM_PREFIX
from kith.web.api import as_typed, words_of

_NO_DETAILS = {*ROWS, "kind", "custom", "save_anyway", "group_with", "returns"}
_NOT_SAVED = "Nothing was saved: see the reasons."


def form_of(given: ContactIn) -> EntryForm:
    """A valid one, cleaned. Refused with a sentence per place."""
    single = _single(given)
    form = EntryForm(kind=given.kind, data={**single, **dict(_rows(given))})
    troubles = {name: _unknown(name, given) for name in single if name not in form.main.fields}
    troubles |= dict(_said_nothing(given)) | dict(_two_primary(given))
    if troubles:
        raise Refused(_NOT_SAVED, fields=troubles)
    if not form.is_valid(options=local.cleaning_options(local.local_source())):
        raise Refused(_NOT_SAVED, fields=dict(_troubles(form)))
    return form


def places_of(form: EntryForm, refused: Refused) -> Refused:
    """What saving refused by claim field (`phone_2`), by the place where it was sent (`phones[1].value`)."""
    if not refused.fields:
        return refused
    form.say(refused.fields, otherwise=refused.message)
    return Refused(_NOT_SAVED, fields=dict(_troubles(form)))


def _single(given: ContactIn) -> dict[str, str]:
    sent: Mapping[str, object] = given.model_dump(exclude_unset=True, exclude=_NO_DETAILS)
    custom = {f"{CUSTOM_PREFIX}{code}": text for code, text in given.custom.items()}
    return {name: text for name, value in {**sent, **custom}.items() if (text := as_typed(value))}


def _rows(given: ContactIn) -> Iterator[tuple[str, str]]:
    for key in ROWS:
        rows: list[NewEmail | NewAddress] = getattr(given, key)
        yield f"{key}-TOTAL_FORMS", str(len(rows))
        yield f"{key}-INITIAL_FORMS", "0"
        for place, row in enumerate(rows):
            if row.is_primary or len(rows) == 1:
                yield f"{key}-primary", str(place)
            for name, value in row.model_dump(exclude_unset=True, exclude={"is_primary"}).items():
                yield f"{key}-{place}-{name}", as_typed(value) or ""


def _unknown(name: str, given: ContactIn) -> str:
    if name.startswith(CUSTOM_PREFIX):
        return "There is no such user-defined field."
    return f"A {given.kind} has no such field."


def _said_nothing(given: ContactIn) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(given.addresses):
        sent = row.model_dump(exclude_unset=True, exclude={"is_primary", "type", "country"})
        if not any(sent.values()):
            yield f"addresses[{place}]", "Say where it is."


def _two_primary(given: ContactIn) -> Iterator[tuple[str, str]]:
    for key in ROWS:
        chosen = [place for place, row in enumerate(getattr(given, key)) if row.is_primary]
        for place in chosen[1:]:
            yield f"{key}[{place}].is_primary", "Exactly one is the primary one."


def _troubles(form: EntryForm) -> Iterator[tuple[str, str]]:
    for name, words in words_of(form.main):
        yield ("" if name == "__all__" else name), words
    for group in form.groups:
        for place, row in enumerate(group.formset.forms):
            for name, words in words_of(row):
                at = f"{group.key}[{place}]"
                yield (at if name == "__all__" else f"{at}.{name}"), words
