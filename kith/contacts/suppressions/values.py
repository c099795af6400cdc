"""An e-mail or a phone as contacts have it, and the keyed digest by which it is known again."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from kith.contacts.suppressions.models import SuppressedValue
from kith.kernel.errors import Refused
from kith.matching.cleaning.emails import clean_email
from kith.matching.cleaning.phones import clean_phone

Kind = SuppressedValue.Kind
_PURPOSE: Final = "suppressed value"
NEITHER: Final = "neither an e-mail nor a phone"


@dataclass(frozen=True, slots=True)
class Value:
    kind: str
    text: str

    @property
    def digest(self) -> bytes:
        return digest(self.kind, self.text)


def digest(kind: str, text: str) -> bytes:
    """Under the key of the tombstones, which is not in the database."""
    said = f"{_PURPOSE}\x1f{kind}\x1f{text}".encode()
    return hmac.digest(settings.TOMBSTONE_KEY.encode(), said, hashlib.sha256)


def digest_of_ref(source_code: str, system_ref: str) -> bytes:
    return digest(Kind.REF, f"{source_code}\x1f{system_ref}")


def read(text: str, *, country: str | None) -> Value | None:
    """As an import would clean it; None where it is neither. `country`: for phones without a country code."""
    if "@" in text:
        email = clean_email(text)
        return Value(Kind.EMAIL, email) if email else None
    phone = clean_phone(text, country=country)
    return Value(Kind.PHONE, phone) if phone else None


def read_or_refuse(text: str, *, country: str | None) -> Value:
    found = read(text, country=country)
    if found is None:
        sentence = "Kith cannot read this as an e-mail or a phone. Begin a phone with + and its country code."
        raise Refused(sentence, fields={"value": sentence})
    return found
