"""The tab “Accounts” of the contact page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.access.permissions import Permission
from kith.accounts import queries
from kith.contacts.panels import Opened
from kith.web.paging import page_of

ITEMS_SHOWN: Final = 200


def tab(opened: Opened) -> Mapping[str, object]:
    contact_id, actor = opened.contact.pk, opened.actor
    items = list(queries.items_of(contact_id, actor=actor)[: ITEMS_SHOWN + 1])
    transactions = queries.transactions_of_contact(contact_id, actor=actor)
    return {
        "accounts": queries.accounts_of(contact_id, actor=actor),
        "page": page_of(transactions, opened.request),
        "items": items[:ITEMS_SHOWN],
        "is_cut": len(items) > ITEMS_SHOWN,
        "may_edit": actor.may(Permission.CONTACT_EDIT),
    }


def of_anonymised(opened: Opened) -> Mapping[str, object]:
    """Numbers, amounts and dates, which stay; nothing can be added or changed."""
    return {**tab(opened), "may_edit": False}
