"""What may be done with sources and imports: pure decisions, every reason at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kith.kernel.decision import Decision
from kith.sources.models import LOCAL, Import, SourceSystem

_CODE: Final = re.compile(r"^[A-Za-z0-9_-]{1,30}$")
_COLOUR: Final = re.compile(r"^#[0-9a-fA-F]{6}$")
_COUNTRY: Final = re.compile(r"^[A-Z]{2}$")


def may_add_source(*, code: str, details: Mapping[str, str | int], taken: bool) -> Decision:
    reasons = []
    if not _CODE.match(code):
        reasons.append("the code has letters, digits, - and _ only, no spaces, and at most 30 of them")
    if taken:
        reasons.append("another source has this code")
    return Decision((*reasons, *may_edit_source(details=details).reasons))


def may_edit_source(*, details: Mapping[str, str | int]) -> Decision:
    reasons = []
    if not str(details["name"]).strip() or len(str(details["name"])) > 80:
        reasons.append("the name has 1 to 80 characters")
    if details["kind"] not in SourceSystem.Kind.values:
        reasons.append("there is no such kind of source")
    if details["date_order"] not in SourceSystem.DateOrder.values:
        reasons.append("there is no such date order")
    if not _COLOUR.match(str(details["colour"])):
        reasons.append("the colour is written like #1f6feb")
    if not _COUNTRY.match(str(details["default_country"])):
        reasons.append("the country is a code of two capital letters")
    if not 0 <= int(details["priority"]) <= 32_767:
        reasons.append("the priority is between 0 and 32767")
    return Decision(tuple(reasons))


def may_import(*, source: SourceSystem, kind: str, whole_source: bool) -> Decision:
    reasons = []
    if source.paused_at is not None:
        reasons.append(f"the source {source.code} is paused and takes no imports")
    if kind not in Import.Kind.values:
        reasons.append("there is no such kind of file")
    elif whole_source and kind != Import.Kind.CONTACTS:
        reasons.append(f"a file of {Import.Kind(kind).label.lower()} is never the whole source")
    if whole_source and source.code == LOCAL:
        reasons.append("what is typed in Kith is not in any file: LOCAL has no whole-source import")
    return Decision(tuple(reasons))


def may_start(job: Import, *, is_abandoned: bool = False) -> Decision:
    """`is_abandoned`: it was killed, and nothing took it up again."""
    reasons = []
    if job.source.paused_at is not None:
        reasons.append(f"the source {job.source.code} is paused and takes no imports")
    startable = {Import.State.DRAFT, Import.State.FAILED, Import.State.CANCELLED}
    if job.state not in startable and not is_abandoned:
        reasons.append(f"this import is {job.get_state_display().lower()} already")
    return Decision(tuple(reasons))


_ENDED: Final = frozenset({Import.State.DONE, Import.State.FAILED, Import.State.CANCELLED})


def may_undo(job: Import, *, is_at_work: bool = False) -> Decision:
    """`is_at_work`: an import of the source, or the taking back of one, is under way."""
    reasons = []
    if not job.is_of_typed_contacts:
        reasons.append("only an import of contacts into Kith's own source can be taken back")
    elif job.state not in _ENDED:
        reasons.append("the import has not ended yet")
    elif not job.new_count + job.changed_count:
        reasons.append("it created and updated nothing")
    elif job.is_being_undone and is_at_work:
        reasons.append("it is being taken back already")
    elif job.undone_at is not None and not job.undo_kept:
        reasons.append("it was taken back as a whole")
    return Decision(tuple(reasons))
