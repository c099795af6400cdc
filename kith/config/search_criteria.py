"""Who declares what one can ask of contacts, in the order of the page (C25).

Consent and KYC declare theirs here when they come.
"""

from __future__ import annotations

from typing import Final

from kith.accounts.finding_by import finding_by as by_accounts
from kith.contacts.finding_by import anything
from kith.contacts.finding_by import finding_by as by_contacts
from kith.namedays.finding_by import finding_by as by_name_days

CRITERIA: Final = (anything, by_contacts, by_accounts, by_name_days)
