"""What became of each row of a file of typed contacts: the file's own columns with the result in front."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Final

import xlsxwriter
from django.db import connection

from kith.access.actors import Actor
from kith.kernel.errors import Refused
from kith.kernel.inert import inert_csv
from kith.sources import storage
from kith.sources.as_seen import rows_seen
from kith.sources.claims import NUMBER, header_of, without_blank_rows, without_explanations
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import, ImportedRow, RejectedRow
from kith.sources.reading import Chunk, open_table

HEAD: Final = ("Row", "Result", "Contact Code", "GroupID", "Column", "Reason")
XLSX_ROWS: Final = 1_048_575
_AT_ONCE: Final = 20_000
_BLOCK: Final = 500

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Became:
    result: str
    code: str = ""
    group_id: str = ""
    column: str = ""
    reason: str = ""


def csv_of(job: Import, *, actor: Actor) -> Iterator[str]:
    """A piece at a time; inert in a spreadsheet. As this reader may see it."""
    block: list[list[str]] = []
    for row in _rows(job, seen=rows_seen(job, actor=actor)):
        block.append(row)
        if len(block) == _BLOCK:
            yield inert_csv(block)
            block = []
    yield inert_csv(block)


def xlsx_of(job: Import, *, actor: Actor) -> IO[bytes]:
    """Texts only: nothing in it is a formula or a link."""
    if (job.rows_total or 0) > XLSX_ROWS:
        raise Refused("A spreadsheet holds a million rows; take the result as CSV.")
    file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response that sends it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet("Result")
    sheet.freeze_panes(1, 0)
    for place, row in enumerate(_rows(job, seen=rows_seen(job, actor=actor))):
        for column, text in enumerate(row):
            sheet.write_string(place, column, text[:32_767])
    book.close()
    file.seek(0)
    return file


def _rows(job: Import, *, seen: Callable[[Values], Values]) -> Iterator[list[str]]:
    """The header first, then the rows of the file in their order."""
    headers = [str(header) for header in job.file_format.get("headers") or ()]
    yield [*HEAD, *headers]
    for first, last, original in _parts(job):
        became = {**_taken(job, first, last), **_rejected(job, first, last)}
        kept = _kept_values(job, first, last)
        for number in sorted({*original, *became}):
            found = became.get(number) or _unknown(job, number)
            row = seen(original.get(number) or kept.get(number, {}))
            code = found.code or row.get(header_of(SYSTEM_REF, job.mapping), "")
            own = [str(number), found.result, code, found.group_id, found.column, found.reason]
            yield [*own, *(row.get(header, "") for header in headers)]


def _parts(job: Import) -> Iterator[tuple[int, int, dict[int, Values]]]:
    """First and last row number, and the values by number; none once the file was removed."""
    try:
        file = storage.received(job)
    except Refused:
        for first in range(1, job.rows_done + 2, _AT_ONCE):
            yield first, first + _AT_ONCE - 1, {}
        return
    first = 1
    for chunk in open_table(file, sheet=str(job.file_format.get("sheet") or "")).chunks():
        yield first, chunk.last_number, _values(job, chunk)
        first = chunk.last_number + 1


def _values(job: Import, chunk: Chunk) -> dict[int, Values]:
    rows = without_explanations(without_blank_rows(chunk), job.mapping)
    return {int(row.pop(NUMBER)): row for row in rows.iter_rows(named=True)}


_TAKEN: Final = """
SELECT o.row_number, o.outcome, o.undone, o.kept_because, r.system_ref, m.contact_id
FROM sources_importedrow o LEFT JOIN sources_sourcerecord r ON r.id = o.record_id
LEFT JOIN sources_membership m ON m.record_id = o.record_id
WHERE o.import_file_id = %s AND o.row_number BETWEEN %s AND %s
"""


def _taken(job: Import, first: int, last: int) -> dict[int, _Became]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [job.pk, first, last])
        rows = cursor.fetchall()
    return {
        number: _Became(_result(outcome, undone), code or "", str(group_id or ""), "", because)
        for number, outcome, undone, because, code, group_id in rows
    }


def _result(outcome: str, undone: str) -> str:
    said = str(ImportedRow.Outcome(outcome).label)
    return f"{said}; {ImportedRow.Undone(undone).label.lower()}" if undone else said


def _rejected(job: Import, first: int, last: int) -> dict[int, _Became]:
    rows = RejectedRow.objects.filter(import_file=job, row_number__range=(first, last))
    return {
        number: _Became("Rejected", column=column, reason=reason)
        for number, column, reason in rows.values_list("row_number", "column", "reason")
    }


def _kept_values(job: Import, first: int, last: int) -> dict[int, Values]:
    """Rows that could not be read as such stand only there."""
    rows = RejectedRow.objects.filter(import_file=job, row_number__range=(first, last))
    return dict(rows.values_list("row_number", "values"))


def _unknown(job: Import, number: int) -> _Became:
    if number > job.rows_done + 1:
        return _Became("Not reached")
    return _Became("Rejected", reason="More rows were rejected than are kept with their reasons.")
