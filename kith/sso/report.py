"""What a person is told of an account that Kith keeps itself; an identity provider tells of its own."""

from __future__ import annotations

from typing import Final

from kith.access.permissions import Permission
from kith.contacts.report import Cell, Content, ReportSection, Subject, table
from kith.sso.built_in import kept_words
from kith.sso.refs import linked_refs

_HEADS: Final = {
    "sso_id": "SSO ID",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "language": "Language",
    "active": "Active",
    "linked": "Linked accounts",
}


def _accounts(subject: Subject) -> Content:
    refs = linked_refs([one.pk for one in subject.records])
    rows: list[tuple[Cell, ...]] = [
        (
            one.sso_id,
            one.first_name,
            one.last_name,
            one.email,
            one.phone,
            one.language,
            one.is_active,
            ", ".join(f"{system} {ref}" for system, ref in one.linked),
        )
        for one in kept_words([ref.sso_id for ref in refs])
    ]
    return table(_HEADS, rows)


SSO_ACCOUNTS: Final = ReportSection(
    key="sso_accounts",
    label="Single sign-on accounts",
    about="Those that Kith keeps itself, of this contact.",
    load=_accounts,
    permission=Permission.CONTACT_REPORT,
    only_in="information",
)
