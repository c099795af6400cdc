"""What a printout of one contact can say, section by section, in order; and what printouts are made for."""

from __future__ import annotations

from typing import Final

from kith.accounts import report as accounts
from kith.attachments import report as attachments
from kith.config.contact_page import CHRONICLES
from kith.contacts import report_sections as contacts
from kith.golden import report as golden
from kith.notes import report as notes
from kith.printouts.presets import PRINTOUT
from kith.privacy.information import sections as information
from kith.privacy.information.presets import INFORMATION
from kith.relations import report as relations
from kith.sso import report as sign_on

SECTIONS: Final = (
    golden.GOLDEN,
    golden.REACH,
    golden.ADDRESSES,
    golden.CUSTOM,
    contacts.SUPPRESSIONS,
    relations.RELATIONS,
    accounts.ACCOUNTS,
    accounts.TRANSACTIONS,
    accounts.ITEMS,
    contacts.PURCHASES,
    attachments.ATTACHMENTS,
    contacts.SYSTEM_REFS,
    contacts.CLAIMS,
    notes.NOTES,
    contacts.history_of(CHRONICLES),
    information.CHANGES,
    information.RECIPIENTS,
    information.LOOKS,
    information.REQUESTS,
    sign_on.SSO_ACCOUNTS,
    information.STORED,
)
PRESETS: Final = (PRINTOUT, INFORMATION)
