"""The buttons and the ⋯ menu in the head of the contact page, in order."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from kith.access.permissions import Permission
from kith.contacts.head import HeadLink
from kith.contacts.models import Contact


def _one_system_ref(contact: Contact) -> str:
    return "" if contact.record_count > 1 else "One System Ref only"


def _operations(contact: Contact) -> str:
    return reverse("stewardship:operations", query={"contact": contact.pk})


HEAD: Final = (
    HeadLink(
        label="Group…",
        url=lambda contact: reverse("stewardship:group", args=(contact.pk,)),
        permission=Permission.CONTACT_GROUP,
        is_button=True,
    ),
    HeadLink(
        label="Split…",
        url=lambda contact: reverse("stewardship:split", args=(contact.pk,)),
        permission=Permission.CONTACT_GROUP,
        unavailable=_one_system_ref,
    ),
    HeadLink(
        label="Ungroup…",
        url=lambda contact: reverse("stewardship:ungroup", args=(contact.pk,)),
        permission=Permission.CONTACT_GROUP,
        unavailable=_one_system_ref,
    ),
    HeadLink(label="Operations", url=_operations, permission=Permission.CONTACT_GROUP),
)
