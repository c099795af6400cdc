"""What was sent, read as the page reads it: the same form, the same rules, every trouble at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from kith.contacts import local
from kith.contacts.checks.formats import hold_to_formats
from kith.contacts.entry import Claim
from kith.contacts.models import Contact
from kith.golden import typed
from kith.golden.editing.edit import ContactEdit
from kith.golden.forms import OverrideForm
from kith.golden.models import GoldenOverride
from kith.golden.pieces import Piece
from kith.golden.rules import custom_code
from kith.kernel.errors import Refused
from kith.matching.cleaning import CleaningOptions
from kith.matching.cleaning.words import read_country
from kith.sources.custom_fields import custom_fields
from kith.web.api import words_of

STEMS: Final = {"emails": "email_1", "phones": "phone_1", "addresses": "address_1"}


@dataclass(slots=True)
class Troubles:
    """Why nothing is saved: a sentence per place; the first one said of a place stands."""

    fields: dict[str, str] = field(default_factory=dict)

    def add(self, place: str, words: str) -> None:
        self.fields.setdefault(place, words)

    @contextmanager
    def at(self, place: str, *, stem: str = "") -> Iterator[None]:
        """What is refused within goes on this list. `stem`: the place is that of a row, whose claim fields
        begin so (`email_1`); '' where fields are places themselves."""
        try:
            yield
        except Refused as refused:
            if not refused.fields:
                self.add(place, refused.message)
            for name, words in refused.fields.items():
                self.add(_place(name, place=place, stem=stem) if stem else name, words)

    def or_raise(self) -> None:
        if self.fields:
            raise Refused("Nothing was saved: see the reasons.", fields=self.fields)


def _place(name: str, *, place: str, stem: str) -> str:
    """`emails[0].type` of email_1_type; `emails[0].value` of email_1."""
    if not name.startswith(stem):
        return place
    return f"{place}.{name.removeprefix(stem).removeprefix('_') or 'value'}"


@dataclass(frozen=True, slots=True)
class Reader:
    contact: Contact
    options: CleaningOptions
    country: str | None
    """Of residence, once the edit is made."""

    @classmethod
    def of(cls, contact: Contact, edit: ContactEdit) -> Reader:
        options = local.cleaning_options(local.local_source())
        sent = edit.single.get("residence_country")
        return cls(contact, options, (sent and read_country(sent)) or contact.residence_country)

    def piece(self, name: str, claim: Claim, *, present: Mapping[str, str]) -> Piece:
        """Of a golden field. Refused with a sentence per claim field. `present`: what it holds already may be
        said again, whatever the settings offer by now."""
        code = custom_code(name)
        defined = {one.code: one for one in custom_fields()} if code else {}
        if code is not None and code not in defined:
            raise Refused("There is no such user-defined field.", fields={name: "There is no such field."})
        form = OverrideForm(
            field=name,
            kind=self.contact.kind,
            data={**claim, "mode": GoldenOverride.Mode.PINNED},
            initial=present,
            custom=defined.get(code or ""),
        )
        if not form.is_valid():
            raise Refused("Nothing was saved: see the reasons.", fields=dict(words_of(form)))
        value = form.typed()
        hold_to_formats(value, country=self.country or self.options.default_country or "")
        return typed.read(name, value, kind=self.contact.kind, country=self.country, options=self.options)
