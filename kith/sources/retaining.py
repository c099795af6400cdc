"""Files of imports and claims that were replaced: kept as long as the retention rules say."""

from __future__ import annotations

from typing import Final

from kith.access.actors import IMPORTER
from kith.kernel.retaining import Retained
from kith.sources import actions, past_claims
from kith.sources.received import actions as received
from kith.sources.received.queries import old_files

IMPORT_FILES: Final = Retained(
    key="import_files",
    label="Files of imports",
    since="the import ended, or was begun and left",
    days=30,
    older=lambda before: old_files(before=before).count(),
    removes=lambda before: received.remove_old_files(actor=IMPORTER, before=before),
)
PAST_CLAIMS: Final = Retained(
    key="past_claims",
    label="Past claims",
    since="a newer claim replaced them",
    days=1_826,
    is_on=False,
    older=past_claims.replaced_before,
    removes=lambda before: actions.remove_old_claims(actor=IMPORTER, before=before),
)
