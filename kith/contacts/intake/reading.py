"""Rows of a chunk as what they say, and what Kith has under their Contact Codes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import connection

from kith.contacts.entry import Claim
from kith.contacts.intake.typed import NOT_TYPED, Said, Stored
from kith.sources.claims import NUMBER, header_of, one_line, without_blank_rows, without_explanations
from kith.sources.mapping import SYSTEM_REF
from kith.sources.reading import Chunk, Table

_KIND: Final = "kind"


@dataclass(frozen=True, slots=True)
class Columns:
    """What the headers of the file mean."""

    fields: Mapping[str, str]
    """Header by claim field."""
    kept: tuple[str, ...]
    """Headers that are kept beside the claim as they came."""
    ref: str
    kind: str

    @classmethod
    def of(cls, mapping: Mapping[str, str], headers: Iterable[str]) -> Columns:
        used = {
            field: header
            for header, field in mapping.items()
            if field and field not in {SYSTEM_REF, _KIND, *NOT_TYPED}
        }
        ref, kind = header_of(SYSTEM_REF, mapping), header_of(_KIND, mapping)
        known = {*used.values(), ref, kind}
        return cls(used, tuple(header for header in headers if header not in known), ref, kind)


def rows_of(chunk: Chunk, columns: Columns) -> pl.DataFrame:
    """Without blank rows and the lines by which templates explain themselves; NUMBER as a last column."""
    return without_explanations(without_blank_rows(chunk), {columns.kind: _KIND} if columns.kind else {})


def said_of(rows: pl.DataFrame, columns: Columns) -> list[Said]:
    refs = one_line(rows[columns.ref]).to_list() if columns.ref else [""] * rows.height
    return [
        Said(
            number=row[NUMBER],
            ref=ref or made_ref(),
            is_new_ref=not ref,
            kind=_text(row[columns.kind]) if columns.kind else "",
            fields={field: text for field, header in columns.fields.items() if (text := _text(row[header]))},
            extra={header: text for header in columns.kept if (text := _text(row[header]))},
        )
        for row, ref in zip(rows.iter_rows(named=True), refs, strict=True)
    ]


def _text(cell: str) -> str:
    return cell.replace("\x00", "").strip()


def made_ref() -> str:
    """Sixteen digits at random (C32)."""
    return f"{secrets.randbelow(10**16):016d}"


_STORED: Final = """
SELECT r.system_ref, r.kind, r.claim::text, replace(r.content_hash::text, '-', ''), r.gone_at IS NOT NULL
FROM sources_sourcerecord r WHERE r.source_id = %s AND r.system_ref = ANY(%s) ORDER BY r.id
"""


def stored_of(source_id: int, refs: Sequence[str], *, is_locked: bool = False) -> dict[str, Stored]:
    """`is_locked`: until the transaction ends nobody else edits them."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_STORED} FOR NO KEY UPDATE OF r" if is_locked else _STORED, [source_id, list(refs)])
        rows = cursor.fetchall()
    return {ref: _stored(kind, claim, version, is_gone=gone) for ref, kind, claim, version, gone in rows}


def _stored(kind: str, claim: str, version: str, *, is_gone: bool) -> Stored:
    whole: dict[str, Claim] = json.loads(claim)
    fields, extra = whole.get("fields", {}), whole.get("extra", {})
    fields.pop(_KIND, None)
    return Stored(kind=kind, fields=fields, extra=extra, version=version, is_gone=is_gone)


def repeated_codes(table: Table, columns: Columns) -> dict[int, int]:
    """Row number to the number of the first row with the same Contact Code; read anew at each start, so that
    an import that goes on after a kill sees the same.
    """
    if not columns.ref:
        return {}
    frames = []
    for chunk in table.chunks():
        rows = rows_of(chunk, columns)
        frames.append(pl.DataFrame({"ref": one_line(rows[columns.ref]), "number": rows[NUMBER]}))
    if not frames:
        return {}
    every = pl.concat(frames).filter(pl.col("ref") != "")
    again = every.with_columns(first=pl.col("number").first().over("ref"))
    again = again.filter(pl.col("number") != pl.col("first"))
    return dict(zip(again["number"].to_list(), again["first"].to_list(), strict=True))
