"""Printouts as JSON and CSV: values as they are stored, dates as ISO writes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from kith.contacts.report import Cell, Content, Fact, Facts
from kith.kernel.inert import inert
from kith.printouts.document import Document

Json = str | int | bool | None
_HEAD = ("Section", "Row", "Field", "Value", "Note", "Source", "Said at")


def write_json(document: Document) -> bytes:
    """Amounts as text, so that no digit is lost."""
    body = {
        "printout": document.preset,
        "group_id": document.group_id,
        "kind": document.kind.lower(),
        "name": document.name,
        "standing": document.standing,
        "made_at": document.made_at.isoformat(),
        "made_by": document.made_by,
        "reminder": document.reminder,
        "sections": [
            {
                "key": part.section.key,
                "label": part.section.label,
                "rows": _rows(part.content),
                "is_cut": not isinstance(part.content, Facts) and part.content.is_cut,
            }
            for part in document.parts
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _rows(content: Content) -> list[dict[str, Json]]:
    if isinstance(content, Facts):
        return [_fact(one) for one in content.rows]
    keys = [column.key for column in content.columns]
    return [dict(zip(keys, map(_json, row), strict=True)) for row in content.rows]


def _fact(one: Fact) -> dict[str, Json]:
    return {
        "field": one.field,
        "label": one.label,
        "value": _json(one.value),
        "note": one.note,
        "source": one.source,
        "said_at": _json(one.said_at),
    }


def _json(cell: Cell) -> Json:
    if isinstance(cell, Decimal):
        return str(cell)
    return cell.isoformat() if isinstance(cell, date | datetime) else cell


def write_csv(document: Document) -> bytes:
    """One value on each line, so that all sections fit under one heading; inert in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    for part in document.parts:
        for line in _lines(part.content):
            writer.writerow([inert(one) for one in (part.section.label, *line)])
    return "\ufeff".encode() + text.getvalue().encode()


def _lines(content: Content) -> Iterator[tuple[str, ...]]:
    if isinstance(content, Facts):
        for number, one in enumerate(content.rows, start=1):
            said_at = plain(one.said_at)
            yield str(number), one.label, plain(one.value), one.note, one.source, said_at
        return
    for number, row in enumerate(content.rows, start=1):
        for column, cell in zip(content.columns, row, strict=True):
            if cell is not None and cell != "":
                yield str(number), column.label, plain(cell), "", "", ""


def plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.isoformat() if isinstance(cell, date | datetime) else str(cell)
