"""Request Information (K26): the second purpose of the exporter of printouts (A32)."""

from __future__ import annotations

from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Contact
from kith.contacts.rights.rules import EVERYTHING, Sight
from kith.printouts.presets import Preset
from kith.privacy.information.sections import GIVEN, KEY

REMINDER: Final = (
    "Source systems not included: this is what Kith stores. The systems that sent it (see System Refs) may"
    " hold more, and are asked by themselves. Third persons are masked."
)


def _of_the_person(contact: Contact, actor: Actor) -> Sight:
    """Nothing of the person is masked for the person."""
    return Sight(by_level={"": EVERYTHING}).at("", kind=contact.kind)


def _given(contact: Contact, actor: Actor, kind: str) -> None:
    journal.record(
        GIVEN,
        by=actor,
        subject_type="contact",
        subject_id=contact.pk,
        group_id=contact.pk,
        detail={"kind": f"report as {kind}"},
    )


INFORMATION: Final = Preset(
    key=KEY,
    label="Information about you",
    permission=Permission.CONTACT_REPORT,
    has_choice=False,
    sight=_of_the_person,
    log=_given,
    masks_others=True,
    has_contents=True,
    reminder=REMINDER,
)
