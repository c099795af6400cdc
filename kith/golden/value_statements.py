"""What people say about single e-mails, phones and addresses of one contact, and what may be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from django.conf import settings
from django.utils.module_loading import import_string

from kith.contacts.models import Contact
from kith.contacts.value_ids import address_key
from kith.golden import wording
from kith.golden.models import ValueStatement
from kith.golden.pieces import COLUMNS_OF_LIST, Address, Piece, keys_of
from kith.kernel.decision import Decision
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX
from kith.sources.models import Membership, SourceRecord

ADDRESSES: Final = "addresses"
SECOND_OF_TYPE: Final = "There is another active address of this type. Deactivate that one first."
NOT_THERE: Final = "This value is not there any more. Load the page again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One statement, of the contact as a whole."""

    text: str
    by: str
    at: datetime
    value: Piece | None = None


Key = tuple[str, str]
"""Field of a list, and the key of one of its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactive:
    """An address that is not used any more."""

    key: str
    words: str
    type: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Statements:
    said: Mapping[tuple[str, str, str], Said]
    """The newest by field, key and what it is about."""

    def of(self, field: str, key: str, about: str) -> Said | None:
        return self.said.get((field, key, about))

    def note(self, field: str, key: str) -> Said | None:
        found = self.of(field, key, ValueStatement.NOTE)
        return found if found is not None and found.text else None

    def state(self, field: str, key: str) -> ValueStatement.State:
        found = self.of(field, key, ValueStatement.STATE)
        return ValueStatement.State(found.text) if found else ValueStatement.State.ACTIVE

    def is_active(self, field: str, value: str | Address) -> bool:
        if not self.said:
            return True
        key = value if isinstance(value, str) else address_key(value)
        return self.state(field, key) == ValueStatement.State.ACTIVE

    def about(self, field: str, key: str) -> dict[str, str]:
        """Note and user-defined fields of the value, by what they are about."""
        mine = {about: one.text for (name, of, about), one in self.said.items() if (name, of) == (field, key)}
        return {about: text for about, text in mine.items() if about != ValueStatement.STATE and text}

    def custom(self, field: str, key: str) -> Mapping[str, str]:
        """User-defined fields of the value: text by code."""
        custom = {
            about: text for about, text in self.about(field, key).items() if about.startswith(CUSTOM_PREFIX)
        }
        return {about.removeprefix(CUSTOM_PREFIX): text for about, text in custom.items()}

    @property
    def inactive(self) -> tuple[Inactive, ...]:
        return tuple(
            Inactive(key=key, words=_words(one.value), type=_type(one.value), by=one.by, at=one.at)
            for (field, key, about), one in self.said.items()
            if (field, about) == (ADDRESSES, ValueStatement.STATE)
            and one.text == ValueStatement.State.INACTIVE
        )


def statements_of(contact: Contact) -> Statements:
    """One query."""
    mine = ValueStatement.objects.filter(
        record_id__in=Membership.objects.filter(contact=contact).values("record_id"), ended_at__isnull=True
    )
    return Statements(
        {
            (one.field, one.key, one.about): Said(text=one.said, by=one.actor, at=one.at, value=one.value)
            for one in mine.order_by("id")
        }
    )


def _words(value: Piece | None) -> str:
    return "; ".join(wording.address_line(one) for one in (value or Piece()).get("addresses", []))


def _type(value: Piece | None) -> str:
    return next((one.get("type") or "" for one in (value or Piece()).get("addresses", [])), "")


def speakers_of(contact: Contact, field: str, key: str) -> list[int]:
    """The System Refs that say the value; of one that only people typed the primary one."""
    columns = COLUMNS_OF_LIST[field]
    rows = SourceRecord.objects.of_contact(contact.pk).order_by("pk").values("pk", *columns)
    found = [int(row["pk"]) for row in rows if key in keys_of(cast(Piece, row), field=field)]
    members = Membership.objects.filter(contact=contact).order_by("record_id")
    ids = members.values_list("record_id", flat=True)
    return found or [pk for pk in ids if pk == contact.primary_record_id] or list(ids[:1])


def golden_address(contact: Contact, key: str) -> Address | None:
    rows = contact.addresses.order_by("position").values("type", *ADDRESS_PARTS)
    return next((dict(row) for row in rows if address_key(row) == key), None)


InUse = Callable[[int, Address], Sequence[str]]


def uses_of(contact: Contact, address: Address) -> Sequence[str]:
    """Sentences of the rooms above that use the address: `it is the billing address of account A-12`."""
    if not settings.KITH_ADDRESS_IN_USE:
        return ()
    in_use: InUse = import_string(settings.KITH_ADDRESS_IN_USE)
    return in_use(contact.pk, address)


def may_deactivate(*, uses: Iterable[str]) -> Decision:
    return Decision(tuple(uses))


def may_activate(*, state: ValueStatement.State, type_: str, active_types: Iterable[str]) -> Decision:
    reasons = []
    if state == ValueStatement.State.ACTIVE:
        reasons.append("the address is active already")
    if type_ and type_.casefold() in {one.casefold() for one in active_types}:
        reasons.append(f"there is another active address of the type {type_}: deactivate that one first")
    return Decision(tuple(reasons))


def may_remove(*, state: ValueStatement.State) -> Decision:
    if state == ValueStatement.State.INACTIVE:
        return Decision(())
    return Decision(("only an inactive address can be removed: deactivate it first",))
