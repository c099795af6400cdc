"""What a file can hold beside contacts and transactions. Rooms above declare it, `kith.config.file_kinds`
lists it (KITH_FILE_KINDS): mapping, dry run, rejected rows and going on after a kill are the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from kith.kernel.decision import Decision
from kith.sources import mapping as mappings
from kith.sources.cleaned import Cleaner
from kith.sources.headers import key_of
from kith.sources.loading import Counts
from kith.sources.mapping import FieldChoice
from kith.sources.models import LOCAL, Import
from kith.sources.reading import BadRow, Chunk, Table


@dataclass(frozen=True, slots=True)
class ShownRow:
    number: int
    name: str
    """What the row is known by."""
    values: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    """The claim field of each value, '' for none; empty where they are no contact's."""


class PreparedRows(Protocol):
    @property
    def shown(self) -> Sequence[ShownRow]: ...


class RowsIn(Protocol):
    def prepare(self, chunk: Chunk) -> PreparedRows: ...
    def settle(self, prepared: PreparedRows) -> Counts: ...
    def try_out(self, prepared: PreparedRows) -> tuple[Counts, tuple[BadRow, ...]]:
        """What settling would count, rejected rows with it, without keeping anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    key: str
    """Of `Import.Kind`."""
    fields: Mapping[str, str]
    """Label by name, in the order a page lists them."""
    required: tuple[str, ...]
    headers: Mapping[str, str]
    """Field by the key of a header: `kith.sources.headers.key_of`."""
    rows_in: Callable[[Import, Chunk | None], RowsIn]
    """Given the first chunk of the file, from which habits of the whole may be told."""


class TypedContactsIn(Protocol):
    """Makes the `RowsIn` of contacts for Kith's own source: what counts there is known above."""

    def __call__(self, job: Import, table: Table, clean: Cleaner) -> RowsIn: ...


def typed_contacts_in(job: Import, table: Table, clean: Cleaner) -> RowsIn:
    make: TypedContactsIn = import_string(settings.KITH_TYPED_CONTACTS_IN)
    return make(job, table, clean)


def declared(kind: str) -> FileKind | None:
    found: tuple[FileKind, ...] = import_string(settings.KITH_FILE_KINDS)
    return next((one for one in found if one.key == kind), None)


def choices(kind: str, *, custom: Mapping[str, str]) -> tuple[FieldChoice, ...]:
    """`custom`: labels of the user-defined fields, by code."""
    of = declared(kind)
    if of is None:
        return mappings.choices(kind, custom=custom)
    label = str(Import.Kind(kind).label)
    return tuple(FieldChoice(name, said, label) for name, said in of.fields.items())


def guess(
    headers: Sequence[str],
    samples: Mapping[str, Sequence[str]],
    *,
    kind: str,
    remembered: Mapping[str, str] | None = None,
) -> dict[str, str]:
    of = declared(kind)
    if of is None:
        return mappings.guess(headers, samples, kind=kind, remembered=remembered)
    known = remembered or {}
    found: dict[str, str] = {header: known[header] for header in headers if header in known}
    for header in headers:
        field = found.get(header, _by_name(header, of))
        is_free = header in known or field not in found.values()
        found[header] = field if is_free else ""
    return {header: found[header] for header in headers}


def _by_name(header: str, of: FileKind) -> str:
    exact = header.strip().lower().replace(" ", "_")
    return exact if exact in of.fields else of.headers.get(key_of(header), "")


def may_map(mapping: Mapping[str, str], *, job: Import) -> Decision:
    of = declared(job.kind)
    if of is None:
        return mappings.may_map(mapping, kind=job.kind, makes_refs=job.source.code == LOCAL)
    fields = [field for field in mapping.values() if field]
    unknown = sorted({field for field in fields if field not in of.fields})
    twice = sorted({field for field in fields if fields.count(field) > 1})
    return Decision(
        (
            *([f"there is no field called {', '.join(unknown)}"] if unknown else []),
            *(f"two columns are mapped to {of.fields.get(field, field)}" for field in twice),
            *(f"no column is mapped to {of.fields[one]}" for one in of.required if one not in fields),
        )
    )
