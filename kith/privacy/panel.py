"""On the page of a contact that was anonymised: how far it is, and the proof."""

from __future__ import annotations

from collections.abc import Mapping

from kith.contacts.panels import Opened
from kith.privacy import queries


def of_anonymised(opened: Opened) -> Mapping[str, object]:
    return {"erasure": queries.newest_order_of(opened.contact.pk)}
