"""What the settings call the codes that golden records hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.contacts.models import Contact
from kith.contacts.settings.categories import Categories, categories_in_force
from kith.contacts.settings.industries import Industries, industries_in_force


@dataclass(frozen=True, slots=True)
class Vocabulary:
    categories: Categories
    industries: Industries

    def words(self, field: str, text: str) -> str:
        """A code that the settings do not know reads as it is."""
        if field == "industry":
            return self.industries.words(text)
        if field == "category":
            return next(
                (path for code, path in self.categories.choices(present=[text]) if code == text), text
            )
        return text


NO_WORDS: Final = Vocabulary(Categories(), Industries())


def vocabulary_for(contact: Contact) -> Vocabulary:
    """Two short queries: the settings are read whatever the contact has, so that each page costs the same."""
    is_company = contact.kind == Contact.Kind.COMPANY
    return Vocabulary(categories_in_force(), industries_in_force() if is_company else Industries())
