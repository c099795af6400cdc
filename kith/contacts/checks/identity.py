"""What of a contact must be unique, made comparable; and who else has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet

from kith.contacts.models import Contact, ContactEmail, ContactPhone
from kith.contacts.queries import LexemeQuery
from kith.contacts.search import Term, both
from kith.contacts.settings.uniqueness import Combination
from kith.matching.cleaning.text import fold_words

MOST_COMPARED: Final = 2_000
NAMES: Final = ("first_name", "last_name", "company_name")
NUMBERS: Final = (
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
)
_PLAIN: Final = (*NAMES, *NUMBERS, "birth_date")
_WORD_CLASS: Final = {"first_name": "f", "last_name": "l", "company_name": "c"}
_NO_WORD: Final = re.compile(r"[\W_]+")
_NO_LEXEME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """`values`: comparable, by field of the uniqueness rule; what is empty is not there."""

    contact_id: int
    kind: str
    values: Mapping[str, str]
    terms: Mapping[str, Term]
    """By field, of the search index: whoever agrees in a field has it."""

    def has(self, combination: Combination) -> bool:
        return all(field in self.values for field in combination.fields)

    def agrees(self, other: Identity, combination: Combination) -> bool:
        return self.has(combination) and all(
            self.values[field] == other.values.get(field) for field in combination.fields
        )


def identity_of(contact_id: int) -> Identity | None:
    return next(_identities(Contact.objects.filter(pk=contact_id)), None)


def same_as(identity: Identity, combination: Combination) -> tuple[int, ...]:
    """GroupIDs of other active contacts that agree in all fields. Found by the search index."""
    wanted = tuple(identity.terms[field] for field in combination.fields if field in identity.terms)
    if not identity.has(combination) or not wanted:
        return ()
    query = both(wanted)
    rows = Contact.objects.filter(
        state=Contact.State.ACTIVE, kind=identity.kind, search=LexemeQuery(query, search_type="raw")
    ).exclude(pk=identity.contact_id)
    found = _identities(rows.order_by("pk")[:MOST_COMPARED])
    return tuple(one.contact_id for one in found if one.agrees(identity, combination))


def _identities(contacts: QuerySet[Contact]) -> Iterator[Identity]:
    """Three queries for all of them."""
    rows = list(contacts.values("pk", "kind", *_PLAIN))
    ids = [row["pk"] for row in rows]
    emails = dict(
        ContactEmail.objects.filter(contact__in=ids, is_primary=True).values_list("contact", "value")
    )
    phones = dict(
        ContactPhone.objects.filter(contact__in=ids, is_primary=True).values_list("contact", "value")
    )
    for row in rows:
        typed = {name: str(row[name]) for name in _PLAIN if row[name] is not None}
        typed |= {"email": emails[row["pk"]]} if row["pk"] in emails else {}
        typed |= {"phone": phones[row["pk"]]} if row["pk"] in phones else {}
        values = {name: text for name, value in typed.items() if (text := _comparable(name, value))}
        terms = {name: term for name in values if (term := _term(name, typed[name]))}
        yield Identity(row["pk"], row["kind"], values, terms)


def _comparable(field: str, value: str) -> str:
    if field in NAMES:
        return "".join(fold_words(value))
    if field in NUMBERS:
        return _NO_WORD.sub("", value.casefold())
    return value.casefold()


def _term(field: str, value: str) -> Term | None:
    """As `kith.golden.sql.LEXEMES` writes them; None of one too short to be in the index."""
    if field in NAMES:
        return _name_term(_WORD_CLASS[field], fold_words(value))
    if field in NUMBERS:
        return _whole(f"i:{_NO_LEXEME.sub('', value.lower())}")
    if field == "birth_date":
        return _whole(f"b:{value}")
    return _whole(f"e:{value}" if field == "email" else f"p:{value.removeprefix('+')}")


def _name_term(letter: str, words: list[str]) -> Term | None:
    """Anna Maria and Annamaria are the same: each has either the one word or the two."""
    joined = _whole(f"{letter}:{''.join(words)}")
    apart = tuple(term for word in words if (term := _whole(f"{letter}:{word}")))
    return replace(joined, together=apart) if joined and len(apart) > 1 else joined


def _whole(lexeme: str) -> Term | None:
    return Term((lexeme[:200],), is_whole=True) if len(lexeme) > 2 else None
