"""Splink's model JSON, written and read.

What Splink has no words for (thresholds, true pairs per record, which levels go by a frequency that Splink
cannot count) stands as a small JSON text in `linker_uid`. It is the one text that Splink 5 takes, keeps and
writes again; it refuses keys it does not know. So Splink may load what we write, train it and save it, and we
read the result.

What can be read is closed: on our columns (`splink_columns`) or the customary ones (`first_name`, `surname`,
`dob`, `email`, `phone`, `postcode` ...) the conditions that we write, and of Splink's library: exact match;
Jaro-Winkler from a threshold, on names; Levenshtein or Damerau-Levenshtein up to 1, on e-mail, phone and
identity numbers, and Levenshtein up to 1 on dates (one digit); lists that share a value; names reversed; the
same user name of two e-mails; term frequencies of full weight, on names, company name and postcode. Quotes,
case, spaces, casts to text and the dialects of DuckDB and Spark make no difference. Anything else is refused
by name.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from kith.matching.model import (
    SIZE_OF_U,
    WITH_FREQUENCY,
    Compared,
    Comparison,
    Level,
    Model,
    Test,
    UnreadableModel,
    validate,
)
from kith.matching.records import COMPANY, PERSON
from kith.matching.shipped import shipped_model
from kith.matching.splink_sql import (
    COLUMN,
    Dialect,
    Meaning,
    condition,
    meanings,
    says_unknown,
    unknown_condition,
)

OURS: Final = "linker_uid"
_FORM: Final = "kith 1"
_BLOCKS: Final = {
    PERSON: (
        ("first_key", "last_key"),
        ("first_key", "birth_date"),
        ("last_key", "birth_date"),
        ("emails",),
        ("phones",),
        ("last_key", "postcode_keys"),
        ("id_number",),
        ("passport_number",),
        ("social_security_number",),
    ),
    COMPANY: (
        ("company_key",),
        ("emails",),
        ("phones",),
        ("vat_number",),
        ("registration_number",),
        ("postcode_keys",),
    ),
}
_LISTS: Final = ("emails", "phones", "postcode_keys")


def to_splink(model: Model, *, records: int, dialect: Dialect = Dialect.DUCKDB) -> dict[str, object]:
    """`records`: how many the store holds; Splink's own prior is for one size only."""
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": model.lam(records),
        "unique_id_column_name": "unique_id",
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "comparisons": [_comparison_json(one, records, dialect) for one in model.comparisons],
        "blocking_rules_to_generate_predictions": [_block(columns) for columns in _BLOCKS[model.kind]],
        OURS: json.dumps(_additions(model, records)),
    }


def from_splink(body: object, *, kind: str, records: int | None = None) -> Model:
    """Raises UnreadableModel, naming comparison and level.

    `records`: of the store that the model was trained on. Without it and without our additions, pairs per
    record are the shipped model's.
    """
    if not isinstance(body, dict) or not isinstance(body.get("comparisons"), list):
        raise UnreadableModel("A Splink model is an object with a list of comparisons.")
    ours = _Additions.of(body)
    if ours.kind not in (None, kind):
        raise UnreadableModel(f"This model is for the kind '{ours.kind}', not '{kind}'.")
    ours = replace(ours, records=records or ours.records)
    comparisons = tuple(_comparison(entry, ours) for entry in body["comparisons"])
    found = _whole(comparisons, body, ours, kind)
    problems = validate(found)
    if problems:
        raise UnreadableModel(" ".join(problems))
    return found


# Writing


def _comparison_json(comparison: Comparison, records: int, dialect: Dialect) -> dict[str, object]:
    name = comparison.field.value
    unknown = {
        "sql_condition": unknown_condition(comparison.field),
        "label_for_charts": f"{name} not known",
        "is_null_level": True,
    }
    levels = [_level_json(comparison.field, level, records, dialect) for level in comparison.levels]
    return {
        "output_column_name": name,
        "comparison_description": name,
        "comparison_levels": [unknown, *levels],
    }


def _level_json(compared: Compared, level: Level, records: int, dialect: Dialect) -> dict[str, object]:
    label = level.test.value if level.threshold is None else f"{level.test.value} {level.threshold}"
    body: dict[str, object] = {
        "sql_condition": condition(compared, level.test, threshold=level.threshold, dialect=dialect),
        "label_for_charts": label,
        "m_probability": level.m,
        "u_probability": _u_among(level, records),
    }
    if level.by_frequency and compared in WITH_FREQUENCY and compared is not Compared.ADDRESS:
        body |= {"tf_adjustment_column": COLUMN[compared], "tf_adjustment_weight": 1.0}
        if level.test is not Test.EXACT:
            # Else Splink takes the u of the exact level.
            body["disable_tf_exact_match_detection"] = True
    return body


def _u_among(level: Level, records: int) -> float:
    return min(level.u_among(records), 1.0)


def _block(columns: tuple[str, ...]) -> dict[str, object]:
    rule = " and ".join(f"l.{column} = r.{column}" for column in columns)
    exploded = [column for column in columns if column in _LISTS]
    return {"blocking_rule": rule, **({"arrays_to_explode": exploded} if exploded else {})}


def _additions(model: Model, records: int) -> dict[str, object]:
    return {
        "form": _FORM,
        "kind": model.kind,
        "records": records,
        "pairs_per_record": model.pairs_per_record,
        "group_at": model.group_at,
        "review_at": model.review_at,
        "by_frequency": [place for place, level in _places(model) if level.by_frequency],
        # Splink's u is that of the present size only.
        "by_size": {place: level.u for place, level in _places(model) if level.by_size},
        "version": model.version,
    }


def _places(model: Model) -> Iterator[tuple[str, Level]]:
    for one in model.comparisons:
        yield from ((_place(Meaning(one.field, level.test, level.threshold)), level) for level in one.levels)


def _place(meaning: Meaning) -> str:
    """Names a level in our additions, wherever it stands in the comparison."""
    threshold = "" if meaning.threshold is None else f" {meaning.threshold!r}"
    return f"{meaning.field.value} {meaning.test.value}{threshold}"


# Reading


@dataclass(frozen=True, slots=True)
class _Additions:
    """What we wrote beside Splink's keys; empty in a model from elsewhere."""

    kind: str | None = None
    records: int = 0
    pairs_per_record: float | None = None
    group_at: float | None = None
    review_at: float | None = None
    by_frequency: frozenset[str] = frozenset()
    by_size: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, body: dict[str, object]) -> _Additions:
        text = body.get(OURS)
        try:
            found = json.loads(text) if isinstance(text, str) else None
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("form") != _FORM:
            return cls()
        kind, counted, by_size = found.get("kind"), found.get("by_frequency"), found.get("by_size")
        sizes = (
            {str(place): _number({"u": u}, "u") for place, u in by_size.items()}
            if isinstance(by_size, dict)
            else {}
        )
        return cls(
            kind=kind if isinstance(kind, str) else None,
            records=int(_number(found, "records") or 0),
            pairs_per_record=_number(found, "pairs_per_record"),
            group_at=_number(found, "group_at"),
            review_at=_number(found, "review_at"),
            by_frequency=frozenset(map(str, counted)) if isinstance(counted, list) else frozenset(),
            by_size={place: u for place, u in sizes.items() if u is not None},
        )


def _whole(
    comparisons: tuple[Comparison, ...], body: dict[str, object], ours: _Additions, kind: str
) -> Model:
    shipped = shipped_model(kind)
    found = replace(
        shipped,
        comparisons=comparisons,
        pairs_per_record=ours.pairs_per_record or shipped.pairs_per_record,
        group_at=shipped.group_at if ours.group_at is None else ours.group_at,
        review_at=shipped.review_at if ours.review_at is None else ours.review_at,
    )
    lam = _number(body, "probability_two_random_records_match")
    if not ours.records or not lam or math.isclose(lam, found.lam(ours.records), rel_tol=1e-9):
        return found
    # Estimated again since, or by another: its own prior counts.
    return replace(found, pairs_per_record=lam * max(ours.records - 1, 1) / 2)


def _comparison(entry: object, ours: _Additions) -> Comparison:
    if not isinstance(entry, dict) or not isinstance(entry.get("comparison_levels"), list):
        raise UnreadableModel("A comparison of a Splink model has a list of levels.")
    name = str(entry.get("output_column_name") or "without a name")
    levels = [_LevelRead(name, level) for level in entry["comparison_levels"]]
    known, unknown = _parted(levels)
    compared = _field_of(name, known, unknown)
    for level in unknown:
        if not says_unknown(level.sql, compared):
            raise level.refused("asks for more than absent values")
    return Comparison(compared, tuple(level.read(compared, ours) for level in known))


def _parted(levels: list[_LevelRead]) -> tuple[list[_LevelRead], list[_LevelRead]]:
    return [one for one in levels if not one.is_unknown], [one for one in levels if one.is_unknown]


def _field_of(name: str, known: list[_LevelRead], unknown: list[_LevelRead]) -> Compared:
    """The one field that every level of the comparison can be of."""
    possible = set(Compared)
    for level in known:
        fields = {meaning.field for meaning in level.meanings}
        if not fields:
            raise level.refused("has no counterpart here")
        if not possible & fields:
            raise level.refused("looks at another field than the levels before it")
        possible &= fields
    if len(possible) > 1:
        possible = {
            one for one in possible if unknown and all(says_unknown(level.sql, one) for level in unknown)
        }
    if len(possible) != 1:
        raise UnreadableModel(f"The comparison '{name}' does not say which field it compares.")
    return possible.pop()


class _LevelRead:
    def __init__(self, comparison: str, entry: object) -> None:
        if not isinstance(entry, dict) or not isinstance(entry.get("sql_condition"), str):
            raise UnreadableModel(f"The comparison '{comparison}' has a level without a condition.")
        self._comparison = comparison
        self._entry = entry
        self.sql = str(entry["sql_condition"])
        self.is_unknown = entry.get("is_null_level") is True
        self.meanings: tuple[Meaning, ...] = () if self.is_unknown else meanings(self.sql)

    def refused(self, why: str) -> UnreadableModel:
        label = self._entry.get("label_for_charts") or self.sql
        return UnreadableModel(f"The comparison '{self._comparison}' has the level '{label}', which {why}.")

    def read(self, compared: Compared, ours: _Additions) -> Level:
        meaning = next(found for found in self.meanings if found.field is compared)
        place = _place(meaning)
        level = Level(
            meaning.test,
            self._probability("m_probability"),
            self._probability("u_probability"),
            meaning.threshold,
            by_frequency=self._by_frequency(meaning) or place in ours.by_frequency,
        )
        if place not in ours.by_size or not ours.records:
            return level
        before = replace(level, u=ours.by_size[place], by_size=True)
        if _u_among(before, ours.records) == level.u:
            return before
        return replace(before, u=level.u * max(ours.records, 1000) / SIZE_OF_U)

    def _probability(self, name: str) -> float:
        value = self._entry.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refused(f"has no {name}: train the model first")
        return float(value)

    def _by_frequency(self, meaning: Meaning) -> bool:
        if not self._entry.get("tf_adjustment_column") or self._entry.get("tf_adjustment_weight", 1.0) == 0:
            return False
        if meaning.field not in WITH_FREQUENCY:
            raise self.refused(
                "goes by term frequencies, which only names, company names and postcodes do here"
            )
        if self._entry.get("tf_adjustment_weight", 1.0) != 1 or self._entry.get("tf_minimum_u_value"):
            raise self.refused("weighs term frequencies in part, which we cannot")
        if meaning.test is not Test.EXACT and not self._own_frequency(meaning):
            raise self.refused("goes by the frequency of the exact level; ours goes by its own")
        return True

    def _own_frequency(self, meaning: Meaning) -> bool:
        return bool(self._entry.get("disable_tf_exact_match_detection")) or meaning.test is Test.POSTCODE


def _number(body: dict[str, object], name: str) -> float | None:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
