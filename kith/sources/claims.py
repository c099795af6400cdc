"""Rows of a file to claims: the System Ref, the claim as JSON text, its hash, the fields to clean. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from kith.sources.mapping import SYSTEM_REF
from kith.sources.reading import BadRow, Chunk

REF_MAX_CHARS: Final = 255
NO_REF: Final = "The row has no System Ref."
LONG_REF: Final = f"The System Ref is longer than {REF_MAX_CHARS} characters."

REMARK: Final = "#"
_EXPLAINS: Final = rf"^\s*{REMARK}(\s|PERSON\s*$|COMPANY\s*$)"
"""Not `#N/A`, which spreadsheets write."""
NUMBER: Final = "\x00number"
_REF: Final = "\x00ref"
"""Names no header can have."""
_WRITTEN: Final = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r"))
_CONTROLS: Final = r"[\x00-\x1f\x7f]"
_ESCAPED: Final = r'[\\"\x00-\x1f]'


@dataclass(frozen=True, slots=True)
class Claims:
    """One row per System Ref (the last where the chunk holds several), in the order of the file.

    `rows` has NUMBER, system_ref, claim, content_hash (hex), first_hash (of the ref's first row here),
    times (rows of that ref) and a column per claim field.
    """

    rows: pl.DataFrame
    bad: tuple[BadRow, ...]
    changed_again: int
    """Rows that replace what an earlier row of this chunk said of the same System Ref."""
    unchanged_again: int
    """Rows that say the same again."""


def claims_of(chunk: Chunk, *, mapping: Mapping[str, str], cleaned_with: str = "") -> Claims:
    """`mapping`: header to claim field, '' for a column that is only kept. `cleaned_with`: names the cleaning
    options; under others the same claim has another hash, so that it is cleaned again."""
    rows = without_explanations(without_blank_rows(chunk), mapping)
    rows, bad = _with_refs(rows, mapping)
    fields, extra = _columns(rows.columns, mapping)
    hashed = _hashed(
        rows.select(
            NUMBER,
            pl.col(_REF).alias(SYSTEM_REF),
            _claim_text(rows, fields, extra).alias("claim"),
            *(pl.col(header).alias(field) for field, header in fields.items()),
        ),
        cleaned_with=cleaned_with,
    )
    return _last_of_each(hashed, (*chunk.bad, *bad))


def without_blank_rows(chunk: Chunk) -> pl.DataFrame:
    """The chunk's rows with their number as a last column."""
    numbered = chunk.rows.with_columns(chunk.numbers.alias(NUMBER))
    filled = pl.any_horizontal(pl.col(name).str.strip_chars() != "" for name in chunk.rows.columns)
    return numbered.filter(filled)


def without_explanations(rows: pl.DataFrame, mapping: Mapping[str, str]) -> pl.DataFrame:
    """Without the lines by which templates explain themselves: `#PERSON` or `# words` as Contact Type."""
    kind = header_of("kind", mapping)
    return rows.filter(~rows[kind].str.contains(_EXPLAINS)) if kind else rows


def refused(rows: pl.DataFrame, mask: pl.Series, *, reason: str, column: str) -> tuple[BadRow, ...]:
    """`rows` where `mask`, as rejected rows."""
    taken = rows.filter(mask)
    return tuple(
        BadRow(
            int(row.pop(NUMBER)),
            reason,
            column,
            {name: str(text)[:2_000] for name, text in row.items() if text},
        )
        for row in taken.iter_rows(named=True)
    )


def _with_refs(rows: pl.DataFrame, mapping: Mapping[str, str]) -> tuple[pl.DataFrame, tuple[BadRow, ...]]:
    header = header_of(SYSTEM_REF, mapping)
    refs = one_line(rows[header]) if header else pl.repeat("", rows.height, dtype=pl.String, eager=True)
    missing, long = refs == "", refs.str.len_chars() > REF_MAX_CHARS
    bad = (
        *refused(rows, missing, reason=NO_REF, column=header),
        *refused(rows, long, reason=LONG_REF, column=header),
    )
    return rows.with_columns(refs.alias(_REF)).filter(~missing & ~long), bad


def header_of(field: str, mapping: Mapping[str, str]) -> str:
    return next((header for header, mapped in mapping.items() if mapped == field), "")


def one_line(values: pl.Series) -> pl.Series:
    """Trimmed, control characters as spaces: what is a System Ref is told the same way everywhere."""
    return values.str.replace_all(_CONTROLS, " ").str.strip_chars()


def _columns(headers: list[str], mapping: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Header by claim field, and the headers that are only kept."""
    present = [header for header in headers if header not in {NUMBER, _REF}]
    fields = {mapping[h]: h for h in present if mapping.get(h) and mapping[h] != SYSTEM_REF}
    return fields, [h for h in present if not mapping.get(h)]


def _claim_text(rows: pl.DataFrame, fields: Mapping[str, str], extra: list[str]) -> pl.Expr:
    """{"fields": {…}, "extra": {…}} of what is not empty; in name order: a moved column changes nothing."""
    named = _members(rows, dict(sorted(fields.items())))
    kept = _members(rows, {header: header for header in sorted(extra)})
    return pl.concat_str(pl.lit('{"fields":{'), named, pl.lit('},"extra":{'), kept, pl.lit("}}"))


def _members(rows: pl.DataFrame, headers: Mapping[str, str]) -> pl.Expr:
    if not headers:
        return pl.lit("")
    members = (_member(rows[header], name) for name, header in headers.items())
    return pl.concat_str(*members, separator=",", ignore_nulls=True)


def _member(values: pl.Series, name: str) -> pl.Series:
    text = values.str.strip_chars()
    if text.str.contains(_ESCAPED).any():
        text = _escaped(text)
    quoted = pl.select(pl.concat_str(pl.lit(json.dumps(name, ensure_ascii=False) + ':"'), text, pl.lit('"')))
    return quoted.to_series().set(text == "", None).alias(name)


def claim_text(fields: Mapping[str, str], extra: Mapping[str, str]) -> str:
    """Of one claim, as `claims_of` writes it."""
    named, kept = (
        ",".join(
            f'{json.dumps(name, ensure_ascii=False)}:"{_one_escaped(text)}"'
            for name, text in sorted(part.items())
        )
        for part in (fields, extra)
    )
    return f'{{"fields":{{{named}}},"extra":{{{kept}}}}}'


def _one_escaped(text: str) -> str:
    for sign, written in _WRITTEN:
        text = text.replace(sign, written)
    return text


def _escaped(text: pl.Series) -> pl.Series:
    for sign, written in _WRITTEN:
        text = text.str.replace_all(sign, written, literal=True)
    return text.str.replace_all(r"[\x00-\x1f]", " ")


def _hashed(rows: pl.DataFrame, *, cleaned_with: str) -> pl.DataFrame:
    hashes = [
        hashlib.md5((cleaned_with + text).encode(), usedforsecurity=False).hexdigest()
        for text in rows["claim"].to_list()
    ]
    return rows.with_columns(pl.Series("content_hash", hashes, pl.String))


def _last_of_each(rows: pl.DataFrame, bad: tuple[BadRow, ...]) -> Claims:
    if rows[SYSTEM_REF].n_unique() == rows.height:
        alone = rows.with_columns(pl.col("content_hash").alias("first_hash"), times=pl.lit(1))
        return Claims(alone, bad, 0, 0)
    marked = rows.with_columns(
        first_hash=pl.col("content_hash").first().over(SYSTEM_REF),
        times=pl.len().over(SYSTEM_REF).cast(pl.Int32),
        before=pl.col("content_hash").shift(1).over(SYSTEM_REF),
    )
    again = marked.filter(pl.col("before").is_not_null())
    changed = again.filter(pl.col("before") != pl.col("content_hash")).height
    last = marked.unique(SYSTEM_REF, keep="last", maintain_order=True).drop("before")
    return Claims(last, bad, changed, again.height - changed)
