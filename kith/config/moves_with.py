"""What goes along with System Refs that are grouped, ungrouped or moved, as previews count it."""

from __future__ import annotations

from typing import Final

from kith.accounts import queries as accounts
from kith.attachments import queries as attachments
from kith.kernel.moving import MovesWith
from kith.notes import queries as notes
from kith.relations import queries as relations

ALONG: Final = (
    MovesWith(one="account", many="accounts", count=accounts.accounts_on),
    MovesWith(one="linked item", many="linked items", count=accounts.items_on),
    MovesWith(one="attachment", many="attachments", count=attachments.attachments_on),
    MovesWith(one="relation", many="relations", count=relations.relations_on),
    MovesWith(one="note", many="notes", count=notes.notes_on),
)
