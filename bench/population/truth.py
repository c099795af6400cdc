"""What a population is made of: how many persons and true pairs, and the share of each trouble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.population.knobs import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    records: int
    persons: int
    true_pairs: int
    largest: int
    """Records of the person with most of them."""
    troubles: dict[str, float]
    """Share of records with each trouble."""
    missing: dict[str, float]
    """Share of records with nothing in a field."""

    @property
    def records_per_person(self) -> float:
        return self.records / max(self.persons, 1)

    @property
    def pairs_per_record(self) -> float:
        return self.true_pairs / max(self.records, 1)

    def lines(self) -> list[str]:
        return [
            f"{self.records:,} records of {self.persons:,} persons and companies "
            f"({self.records_per_person:.2f} each, most {self.largest}), {self.true_pairs:,} true pairs "
            f"({self.pairs_per_record:.2f} a record)",
            *(f"  {share:7.3%}  {name}" for name, share in self.troubles.items()),
            *(f"  {share:7.3%}  no {name}" for name, share in self.missing.items()),
        ]


def statistics(records: pa.Table, *, truth: pa.Table) -> Statistics:
    _, held = np.unique(truth["person"].to_numpy(), return_counts=True)
    bits = truth["troubles"].to_numpy()
    return Statistics(
        records=records.num_rows,
        persons=len(held),
        true_pairs=int((held * (held - 1) // 2).sum()),
        largest=int(held.max(initial=0)),
        troubles={
            (trouble.name or "").lower().replace("_", " "): float(np.mean((bits & int(trouble)) > 0))
            for trouble in Trouble
        },
        missing={
            name: _missing(records[name])
            for name in records.column_names
            if name not in {"record_id", "kind"}
        },
    )


def _missing(column: pa.ChunkedArray) -> float:
    if pa.types.is_list(column.type):
        return float(pc.mean(pc.equal(pc.list_value_length(column), 0)).as_py())
    return float(column.null_count / max(len(column), 1))
