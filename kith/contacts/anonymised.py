"""What a contact that was anonymised still shows: the word for every listed field (C44), and what stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse

from kith.access.http import KithRequest
from kith.contacts import queries
from kith.contacts.models import Contact
from kith.contacts.panels import Opened, Slot, assets, loaded
from kith.contacts.settings.categories import categories_in_force
from kith.contacts.standing import standing_of
from kith.contacts.tally import tally_of
from kith.kernel.erasing import ANONYMISED
from kith.web.rendering import render_page

_BOTH: Final = {
    "emails": "E-mails",
    "phones": "Phones",
    "addresses": "Addresses",
    "website": "Website",
    "custom": "User-defined fields",
    "notes": "Notes",
    "attachments": "Attachments and photo",
    "relations": "Relations",
}
_PERSON: Final = {
    "title": "Title",
    "first_name": "First name",
    "middle_name": "Middle name",
    "last_name": "Last name",
    "gender": "Gender",
    "birth_date": "Date of birth",
    "name_day": "Name day",
    "id_number": "ID number",
    "passport_number": "Passport number",
    "social_security_number": "Social security number",
}
_COMPANY: Final = {
    "company_name": "Company name",
    "vat_number": "VAT number",
    "registration_number": "Registration number",
    "industry": "Industry",
}
LISTED: Final[Mapping[str, Mapping[str, str]]] = {
    Contact.Kind.PERSON: {**_PERSON, **_BOTH},
    Contact.Kind.COMPANY: {**_COMPANY, **_BOTH},
}
"""By kind: field → its name for people."""
WORDED: Final = frozenset({*_PERSON, *_COMPANY, "website"} - {"birth_date", "name_day"})
"""Texts of the golden record that the API answers with the word; dates, codes and numbers are null."""


def is_anonymised(contact: Contact) -> bool:
    return contact.state == Contact.State.ANONYMISED


def page(request: KithRequest, contact: Contact) -> HttpResponse:
    records = queries.records_of(contact)
    opened = Opened(
        contact=contact,
        records=records,
        actor=request.actor,
        request=request,
        standing=standing_of([contact.pk])[contact.pk],
        tally=tally_of(contact.pk),
    )
    category = categories_in_force().of(contact.category or "")
    context: dict[str, object] = {
        "contact": contact,
        "word": ANONYMISED,
        "listed": tuple(LISTED[contact.kind].values()),
        "category": category.label if category else contact.category or "",
        "records": records,
        "panels": loaded(Slot.ANONYMISED, opened),
        "assets": assets(actor=request.actor),
    }
    return render_page(request, "contacts/contact_anonymised.html", context)
