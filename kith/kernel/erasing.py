"""What anonymising makes of every personal field, declared beside what the field is.

Each `personal_data.py` says in `ON_ERASURE`, model by model, what its rows hang on and what becomes of each
field; the erasure, its preview, the report to a person and the proof are made from that. A room that has
files, packed values or blockers of its own adds an `ErasedWith`; `kith.config.erased_with` puts them in order
(KITH_ERASED_WITH), those that hang on others first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from kith.kernel.leaving import Going, Leaving


class Fate(StrEnum):
    WORD = "becomes “Anonymised”"
    EMPTY = "is emptied"
    """Null, '', {} or [], as the column allows."""
    ROW = "the row is deleted"
    DIGEST = "is replaced by a keyed digest"
    STAYS = "stays"


ANONYMISED = "Anonymised"


@dataclass(frozen=True, slots=True)
class Treatment:
    fate: Fate
    because: str = ""
    """Why it STAYS: a sentence for the preview, the certificate and the documents."""
    not_reported: str = ""
    """Why Request Information leaves the field out, a hash for instance; '' where it is in the report."""

    def __post_init__(self) -> None:
        if self.fate is Fate.STAYS and not self.because:
            raise ValueError("what stays needs a reason")


WORD: Final = Treatment(Fate.WORD)
EMPTY: Final = Treatment(Fate.EMPTY)
DIGEST: Final = Treatment(Fate.DIGEST)
DERIVED: Final = Treatment(
    Fate.EMPTY, not_reported="worked out from what the report shows, for comparing only"
)


def goes(*fields: str) -> dict[str, Treatment]:
    """With their rows."""
    return dict.fromkeys(fields, Treatment(Fate.ROW))


def stays(because: str, *fields: str) -> dict[str, Treatment]:
    return dict.fromkeys(fields, Treatment(Fate.STAYS, because))


@dataclass(frozen=True, slots=True, kw_only=True)
class HangsOn:
    """How a row is found to be of the person. A value found in a row of `nobody` is always wrong: the proof
    clears it as declared. With nothing given the room finds its rows itself (`ErasedWith.erases`)."""

    records: tuple[str, ...] = ()
    """Columns with the id of a System Ref, or with arrays of them."""
    contacts: tuple[str, ...] = ()
    """Columns with a GroupID, or with arrays of them."""
    through: tuple[str, str] | None = None
    """(foreign key, "app_label.Model"): hangs on whatever that row hangs on."""
    is_log: bool = False
    """Rows may still be written of somebody erased: what an import or a bulk change did row by row."""
    nobody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnErasure:
    label: str
    """Plural, for people: "notes"."""
    hangs_on: HangsOn
    fields: Mapping[str, Treatment]
    """Every Personal field except COLLEAGUE, and any other that may hold a value in words. Where one goes
    with its row, all do."""

    @property
    def row_goes(self) -> bool:
        return any(one.fate is Fate.ROW for one in self.fields.values())


Erasures = Mapping[str, OnErasure]
"""Model name → what becomes of its rows; rows that hang on others stand before them."""
NOBODYS: Final = HangsOn(nobody=True)


def nobodys(label: str) -> OnErasure:
    """Rows that belong to no contact."""
    return OnErasure(label=label, hangs_on=NOBODYS, fields={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """Why a contact may not be anonymised now, and where that is cleared."""

    code: str
    sentence: str
    url: str = ""


class FilePlace(StrEnum):
    STORE = "store"
    IMPORT = "import"
    MAIL = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingFile:
    place: FilePlace
    key: str
    what: str
    """For people, without its name: "attachment"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealed:
    """Something sealed or packed, opened so that the proof can look into it."""

    place: str
    """Its table."""
    key: str
    """Primary key of its row."""
    content: bytes


def _nothing(leaving: Leaving, erasure: UUID) -> None:
    return None


def _none(leaving: Leaving) -> tuple[()]:
    return ()


def _nothing_sealed() -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedWith:
    """What declarations cannot say, of one room."""

    room: str
    blocks: Callable[[Leaving], Sequence[Blocker]] = _none
    counts: Callable[[Leaving], Sequence[Going]] = _none
    """What goes beyond the rows that declarations count."""
    files: Callable[[Leaving], Sequence[LeavingFile]] = _none
    erases: Callable[[Leaving, UUID], None] = _nothing
    """In the erasing transaction, before the statements made from declarations."""
    opens: Callable[[], Iterable[Unsealed]] = _nothing_sealed
