"""What anonymising does that declarations cannot say, room by room (KITH_ERASED_WITH)."""

from __future__ import annotations

from typing import Final

from kith.accounts import erasing as accounts
from kith.attachments import erasing as attachments
from kith.contacts.deletion import erasing as contacts
from kith.delivery import erasing as delivery
from kith.find import erasing as searches
from kith.find.bulk import erasing as bulk_changes
from kith.find.exporting import erasing as exports
from kith.golden import erasing as golden
from kith.grouping import erasing as grouping
from kith.organisation import erasing as organisation
from kith.printouts import erasing as printouts
from kith.privacy.holds import blocking as holds
from kith.privacy.information import erasing as information
from kith.privacy.register import erasing as register
from kith.sources import erasing as sources
from kith.stewardship import erasing as stewardship
from kith.vault import erasing as vault

ROOMS: Final = (
    delivery.ERASED_WITH,
    printouts.ERASED_WITH,
    register.ERASED_WITH,
    information.ERASED_WITH,
    searches.ERASED_WITH,
    exports.ERASED_WITH,
    bulk_changes.ERASED_WITH,
    stewardship.ERASED_WITH,
    accounts.ERASED_WITH,
    attachments.ERASED_WITH,
    grouping.ERASED_WITH,
    golden.ERASED_WITH,
    contacts.ERASED_WITH,
    organisation.ERASED_WITH,
    holds.ERASED_WITH,
    sources.ERASED_WITH,
    vault.ERASED_WITH,
)
