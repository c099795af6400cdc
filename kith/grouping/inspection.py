"""“Why are these one person?” (K11): circles are System Refs, numbered squares the rules that joined them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kith.contacts.models import Contact
from kith.contacts.names import record_name
from kith.grouping.models import Evidence
from kith.grouping.records import records
from kith.grouping.versions import rules_of_version
from kith.matching.comparable import Comparable, comparables
from kith.matching.explain import explain_rule
from kith.matching.rules import Rule, RuleSet
from kith.sources.models import SourceRecord

MOST_CIRCLES: Final = 40
MOST_LINES: Final = 14
"""Beyond this the picture shows the strongest pairs that hold all together; the table shows the rest."""
WIDTH: Final = 760
_RADIUS: Final = 15
_SQUARE: Final = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule on one pair."""

    number: int
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: SourceRecord
    right: SourceRecord
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    x: float
    y: float
    label_y: float
    record: SourceRecord
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    x: float
    y: float
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    height: int
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    squares: tuple[Square, ...]
    is_partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    records: tuple[SourceRecord, ...]
    pairs: tuple[Pair, ...]
    picture: Picture
    alone: tuple[SourceRecord, ...]
    """System Refs without evidence to any other: the claims changed, or a person decided."""


def inspect(contact: Contact) -> Inspection:
    """A fixed number of queries and one more per version of the rules among the evidence."""
    records_of = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    found = tuple(records_of.order_by("source__priority", "pk"))
    by_id = {record.pk: record for record in found}
    pairs = _pairs(contact, by_id)
    joined = {record.pk for pair in pairs for record in (pair.left, pair.right)}
    return Inspection(
        records=found,
        pairs=pairs,
        picture=_picture(found, pairs),
        alone=tuple(record for record in found if record.pk not in joined and len(found) > 1),
    )


def _pairs(contact: Contact, by_id: Mapping[int, SourceRecord]) -> tuple[Pair, ...]:
    ids = list(by_id)
    if len(ids) < 2:
        return ()
    kept = Evidence.objects.filter(left_id__in=ids, right_id__in=ids).order_by("rules", "left_id", "right_id")
    sides = {one.record_id: one for one in comparables(records(ids=ids).to_arrow())}
    versions: dict[int, RuleSet] = {}
    pairs = []
    for pair in kept:
        if pair.rules_version_id not in versions:
            versions[pair.rules_version_id] = rules_of_version(pair.rules_version_id)
        rules = versions[pair.rules_version_id].of_kind(contact.kind)
        left, right = sides[pair.left_id], sides[pair.right_id]
        reasons = tuple(_reason(position, rules[position], left=left, right=right) for position in pair.rules)
        pairs.append(Pair(left=by_id[pair.left_id], right=by_id[pair.right_id], reasons=reasons))
    return tuple(pairs)


def _reason(position: int, rule: Rule, *, left: Comparable, right: Comparable) -> Reason:
    words = "; ".join(held.words for held in explain_rule(left, right, rule=rule))
    return Reason(number=position + 1, name=rule.name, words=words)


def _picture(found: Sequence[SourceRecord], pairs: Sequence[Pair]) -> Picture:
    drawn = found[:MOST_CIRCLES]
    radius = 60 + 14 * max(len(drawn), 3) if len(drawn) > 2 else 0
    height = 2 * min(radius, 300) + 130
    spots = {
        record.pk: _spot(number, len(drawn), height=height, radius=min(radius, 300))
        for number, record in enumerate(drawn)
    }
    shown = [pair for pair in pairs if pair.left.pk in spots and pair.right.pk in spots]
    if len(shown) > MOST_LINES:
        shown = _holding_all_together(shown)
    ends = [(spots[pair.left.pk], spots[pair.right.pk]) for pair in shown]
    return Picture(
        height=height,
        circles=tuple(_circle(record, spots[record.pk], height=height) for record in drawn),
        lines=tuple(Line(*start, *end) for start, end in ends),
        squares=tuple(
            square
            for pair, (start, end) in zip(shown, ends, strict=True)
            for square in _squares(pair, start, end)
        ),
        is_partial=len(shown) < len(pairs) or len(drawn) < len(found),
    )


def _spot(number: int, of: int, *, height: int, radius: int) -> tuple[float, float]:
    middle_x, middle_y = WIDTH / 2, height / 2 - 10
    if of == 1:
        return middle_x, middle_y
    if of == 2:
        return middle_x + (170 if number else -170), middle_y
    angle = 2 * math.pi * number / of - math.pi / 2
    return round(middle_x + 0.95 * radius * math.cos(angle), 1), round(middle_y + radius * math.sin(angle), 1)


def _circle(record: SourceRecord, spot: tuple[float, float], *, height: int) -> Circle:
    x, y = spot
    above = y < height / 2 - 40
    label_y = y - _RADIUS - 22 if above else y + _RADIUS + 16
    return Circle(x=x, y=y, label_y=label_y, record=record, name=record_name(record))


def _squares(pair: Pair, start: tuple[float, float], end: tuple[float, float]) -> list[Square]:
    """One per rule that held, side by side along the line."""
    length = math.dist(start, end) or 1
    apart = (_SQUARE + 4) / length
    first = 0.5 - apart * (len(pair.reasons) - 1) / 2
    return [
        Square(
            x=round(start[0] + (end[0] - start[0]) * (first + apart * n), 1),
            y=round(start[1] + (end[1] - start[1]) * (first + apart * n), 1),
            number=reason.number,
            title=f"Rule {reason.number}, {reason.name}: {reason.words}",
        )
        for n, reason in enumerate(pair.reasons)
    ]


def _holding_all_together(pairs: Sequence[Pair]) -> list[Pair]:
    """The first pairs, in order of rank, that connect what was not connected yet."""
    leader: dict[int, int] = {}

    def lead(record_id: int) -> int:
        while leader.setdefault(record_id, record_id) != record_id:
            record_id = leader[record_id]
        return record_id

    kept = []
    for pair in pairs:
        one, other = lead(pair.left.pk), lead(pair.right.pk)
        if one != other:
            leader[one] = other
            kept.append(pair)
    return kept
