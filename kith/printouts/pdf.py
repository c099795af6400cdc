"""Printouts as PDF, drawn by a program of its own (`drawing`): what breaks it, breaks only it."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import timezone

from kith.contacts.report import MOST_ROWS, Cell, Content, Fact, Facts, Table
from kith.kernel.errors import Refused
from kith.printouts import drawing
from kith.printouts.branding import Branding, branding_in_force, logo_of
from kith.printouts.document import Document
from kith.web import formats

log = logging.getLogger(__name__)

_MOST_SECONDS: Final = drawing.SECONDS + 5
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
_LONG_WORD: Final = re.compile(r"\S{24,}")
_MAY_BREAK: Final = re.compile(r"([@./_\-+&=?]+|.{12}(?=.))")
_ZERO_WIDTH: Final = "\u200b"
_SHARES: Final = (6, 34)
"""Least and most of a column's share of the width, in characters."""
_FACTS: Final = (("Field", 22), ("Value", 48), ("Source", 30))
_NO_FONT: Final = "This server has no font for some signs of this printout; they are drawn as boxes:"

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]


def write(document: Document) -> bytes:
    """Refused where it takes too long, or cannot be drawn."""
    given = {
        "data": data_of(document, branding_in_force()),
        "fonts": [settings.FONT_FOLDER] if settings.FONT_FOLDER else [],
        "made_at": int(document.made_at.timestamp()),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", drawing.__file__],
            input=json.dumps(given).encode(),
            capture_output=True,
            check=False,
            timeout=_MOST_SECONDS,
            env={},
        )
    except subprocess.TimeoutExpired:
        raise _not_drawn("time") from None
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise _not_drawn(str(done.returncode))
    return done.stdout


def _not_drawn(why: str) -> Refused:
    log.warning("a printout could not be drawn as PDF: %s", why)
    return Refused("The PDF could not be drawn. Choose fewer sections, or another format.")


def data_of(document: Document, branding: Branding) -> Mapping[str, Json]:
    logo = logo_of(branding)
    filled = [part for part in document.parts if part.content.rows]
    empty = [part.section.label for part in document.parts if not part.content.rows]
    return {
        "title": document.preset,
        "group": f"GroupID {formats.group_id(document.group_id)}",
        "name": _text(document.name),
        "kind": document.kind,
        "standing": _text(document.standing),
        "made": formats.exact(document.made_at),
        "by": _text(document.made_by),
        "reminder": _text(document.reminder),
        "contents": document.has_contents,
        "brand": {"name": _text(branding.organisation) or "Kith", "colour": branding.colour},
        "logo": list(logo) if logo else None,
        "footer": _text(branding.footer),
        "parts": [_part(part.section.label, part.content) for part in filled],
        "nothing": f"Nothing is kept under: {', '.join(empty)}." if empty else "",
        "no_font": _NO_FONT,
        "undrawn": "",
    }


def _part(label: str, content: Content) -> Mapping[str, Json]:
    if isinstance(content, Facts):
        columns = [_column(head, share) for head, share in _FACTS]
        rows = [[_text(one.label), _value(one), _origin(one)] for one in content.rows]
        return {"label": label, "columns": columns, "rows": rows, "more": ""}
    cells = [[_cell(cell) for cell in row] for row in content.rows[:MOST_ROWS]]
    filled = [place for place in range(len(content.columns)) if any(row[place] for row in cells)]
    least, most = _SHARES
    columns = []
    for place in filled:
        head = content.columns[place].label
        longest = max(len(head), *(len(row[place]) for row in cells))
        is_number = all(isinstance(row[place], Decimal | None) for row in content.rows[:MOST_ROWS])
        columns.append(_column(head, min(max(longest, least), most), number=is_number))
    return {
        "label": label,
        "columns": columns,
        "rows": [[row[place] for place in filled] for row in cells],
        "more": _more(content),
    }


def _more(content: Table) -> str:
    if len(content.rows) > MOST_ROWS:
        return f"{len(content.rows) - MOST_ROWS:,} more are in the files for computers (JSON, XLSX)."
    return "There are more; the newest are shown." if content.is_cut else ""


def _column(head: str, share: int, *, number: bool = False) -> Mapping[str, Json]:
    return {"label": head, "share": share, "number": number}


def _value(one: Fact) -> str:
    said = _text(one.words) or _cell(one.value)
    note = _text(one.note)
    return f"{said}\n{note[:1].upper()}{note[1:]}" if note else said


def _origin(one: Fact) -> str:
    when = formats.day(one.said_at) if one.said_at is not None else ""
    return ", ".join(said for said in (_text(one.source), when) if said)


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    if isinstance(cell, datetime):
        return f"{formats.day(cell)} {timezone.localtime(cell):%H:%M}"
    if isinstance(cell, date):
        return formats.day(cell)
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    return formats.group_id(cell) if isinstance(cell, int) else _text(cell)


def _text(said: str) -> str:
    """Without what no font draws; long words may break."""
    plain = _CONTROL.sub(" ", said.replace("\r\n", "\n").replace("\r", "\n"))
    return _LONG_WORD.sub(lambda word: _MAY_BREAK.sub(rf"\1{_ZERO_WIDTH}", word[0]), plain)
