"""What of a contact must be unique, made comparable; and who else has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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
    lexemes: Mapping[str, tuple[str, ...]]
    """By field, as the search index has them: whoever agrees in a field has them all."""

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
    wanted = [lexeme for field in combination.fields for lexeme in identity.lexemes.get(field, ())]
    if not identity.has(combination) or not wanted:
        return ()
    query = both(tuple(Term((lexeme,), is_whole=True) for lexeme in wanted))
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
        lexemes = {name: tuple(_lexemes(name, typed[name])) for name in values}
        yield Identity(row["pk"], row["kind"], values, lexemes)


def _comparable(field: str, value: str) -> str:
    if field in NAMES:
        return "".join(fold_words(value))
    if field in NUMBERS:
        return _NO_WORD.sub("", value.casefold())
    return value.casefold()


def _lexemes(field: str, value: str) -> Iterable[str]:
    """As `kith.golden.sql.LEXEMES` writes them; those too short to be in the index are left out."""
    if field in NAMES:
        found = [f"{_WORD_CLASS[field]}:{word}" for word in fold_words(value)]
    elif field in NUMBERS:
        found = [f"i:{_NO_LEXEME.sub('', value.lower())}"]
    elif field == "birth_date":
        found = [f"b:{value}"]
    else:
        found = [f"e:{value}"] if field == "email" else [f"p:{value.removeprefix('+')}"]
    return [lexeme[:200] for lexeme in found if len(lexeme) > 2]
