"""The buttons and the ⋯ menu in the head of the contact page, in order."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.head import HeadChip, HeadLink, Standing
from kith.contacts.life_cycle import LifeCycle, life_cycles_of
from kith.contacts.models import Contact, Suppression
from kith.contacts.rights.sections import privacy_levels
from kith.contacts.rights.seeing import sight_on
from kith.organisation.queries import owners_of
from kith.privacy.sections import anonymisation_in_force


def _one_system_ref(contact: Contact, standing: Standing) -> str:
    return "" if contact.record_count > 1 else "One System Ref only"


def _not_suppressed(contact: Contact, standing: Standing) -> str:
    return "" if standing else "Not suppressed"


def _deceased(contact: Contact, standing: Standing) -> str:
    return "Flagged already" if any(one.reason == Suppression.Reason.DECEASED for one in standing) else ""


def _may_anonymise() -> bool:
    return anonymisation_in_force().is_enabled


def _operations(contact: Contact) -> str:
    return reverse("stewardship:operations", query={"contact": contact.pk})


def _life_cycle(contact: Contact, actor: Actor) -> tuple[HeadChip, ...]:
    found = life_cycles_of([contact.pk])[contact.pk]
    if found is LifeCycle.FINANCIAL:
        return (HeadChip(found.label, "green", "Holds an account that is not terminated"),)
    return (HeadChip(found.label, "blue", "Holds no account, or terminated ones only"),)


def _owner(contact: Contact, actor: Actor) -> tuple[HeadChip, ...]:
    owner = owners_of([contact.pk]).get(contact.pk)
    return (HeadChip(f"Owning team: {owner.name}", about=str(owner)),) if owner else ()


def _level(contact: Contact, actor: Actor) -> tuple[HeadChip, ...]:
    value, level = privacy_levels(), sight_on(contact).level or ""
    colour = "plain" if level == value.levels[0].code else "amber"
    return (HeadChip(f"Privacy: {value.label(level)}", colour, "Says which fields each role sees"),)


CHIPS: Final = (_life_cycle, _owner, _level)
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
    HeadLink(
        label="Why not one with another?",
        url=lambda contact: reverse("grouping:choose-why-not", args=(contact.pk,)),
        permission=Permission.CONTACT_VIEW,
    ),
    HeadLink(
        label="Photo…",
        url=lambda contact: reverse("attachments:edit-photo", args=(contact.pk,)),
        permission=Permission.CONTACT_EDIT,
    ),
    HeadLink(
        label="Print…",
        url=lambda contact: reverse("printouts:print", args=(contact.pk,)),
        permission=Permission.CONTACT_PRINT,
        key="p",
    ),
    HeadLink(label="Operations", url=_operations, permission=Permission.CONTACT_GROUP),
    HeadLink(
        label="Suppress…",
        url=lambda contact: reverse("contacts:suppress", args=(contact.pk,)),
        permission=Permission.CONTACT_SUPPRESS,
    ),
    HeadLink(
        label="Flag Deceased…",
        url=lambda contact: reverse("contacts:flag-deceased", args=(contact.pk,)),
        permission=Permission.CONTACT_SUPPRESS,
        unavailable=_deceased,
    ),
    HeadLink(
        label="Unflag Suppression",
        url=lambda contact: reverse("contacts:detail", args=(contact.pk,)) + "#suppressions",
        permission=Permission.CONTACT_SUPPRESS,
        unavailable=_not_suppressed,
    ),
    HeadLink(
        label="Anonymise…",
        url=lambda contact: reverse("privacy:anonymise", args=(contact.pk,)),
        permission=Permission.CONTACT_ANONYMISE,
        is_there=_may_anonymise,
    ),
    HeadLink(
        label="Legal hold…",
        url=lambda contact: reverse("holds:contact", args=(contact.pk,)),
        permission=Permission.PRIVACY_EDIT,
    ),
    HeadLink(
        label="Request Information…",
        url=lambda contact: reverse("information:report", args=(contact.pk,)),
        permission=Permission.CONTACT_REPORT,
    ),
    HeadLink(
        label="Privacy level…",
        url=lambda contact: reverse("contacts:privacy-level", args=(contact.pk,)),
        permission=Permission.CONTACT_LEVEL,
    ),
    HeadLink(
        label="Owning team…",
        url=lambda contact: reverse("contacts:owner", args=(contact.pk,)),
        permission=Permission.CONTACT_OWN,
    ),
    HeadLink(
        label="Delete…",
        url=lambda contact: reverse("contacts:delete", args=(contact.pk,)),
        permission=Permission.CONTACT_DELETE,
    ),
)
