"""What goes with a contact that is deleted, room by room: what hangs on others first, the claims last."""

from __future__ import annotations

from typing import Final

from kith.accounts import deleting as accounts
from kith.attachments import deleting as attachments
from kith.contacts.deletion import own as contacts
from kith.delivery import deleting as delivery
from kith.find.bulk import deleting as bulk_changes
from kith.find.exporting import deleting as exports
from kith.golden import deleting as golden
from kith.grouping import deleting as grouping
from kith.namedays import deleting as namedays
from kith.notes import deleting as notes
from kith.organisation import deleting as organisation
from kith.printouts import deleting as printouts
from kith.privacy.holds import blocking as holds
from kith.privacy.information import deleting as information
from kith.privacy.register import deleting as register
from kith.relations import deleting as relations
from kith.sources import deleting as sources
from kith.stewardship import deleting as stewardship
from kith.vault import deleting as vault

ROOMS: Final = (
    delivery.DELETED_WITH,
    printouts.DELETED_WITH,
    register.DELETED_WITH,
    information.DELETED_WITH,
    exports.DELETED_WITH,
    bulk_changes.DELETED_WITH,
    stewardship.DELETED_WITH,
    accounts.DELETED_WITH,
    attachments.DELETED_WITH,
    relations.DELETED_WITH,
    notes.DELETED_WITH,
    namedays.DELETED_WITH,
    grouping.DELETED_WITH,
    golden.DELETED_WITH,
    contacts.DELETED_WITH,
    organisation.DELETED_WITH,
    holds.DELETED_WITH,
    vault.DELETED_WITH,
    sources.DELETED_WITH,
    contacts.ROW,
)
"""Locks are taken in this order too: imports wait for nobody, so theirs comes last."""
