"""Then beside now: golden fields, and where the System Refs are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kith.contacts.models import Contact
from kith.contacts.names import record_name
from kith.contacts.refs import ClaimLine, claim_lines
from kith.golden.details import DetailRow, golden_details
from kith.golden.models import GoldenOverride
from kith.golden.opt_outs import kept_by
from kith.golden.overrides import effective
from kith.grouping.history.as_of import AsOf
from kith.grouping.history.kept_then import kept_by_then
from kith.sources.as_it_stood import RecordThen
from kith.sources.models import SourceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    label: str
    then: tuple[DetailRow, ...]
    now: tuple[DetailRow, ...]
    edited_then: str
    """Who said so, where a person did; ''."""
    edited_now: str

    @property
    def differs(self) -> bool:
        return [row.value for row in self.then] != [row.value for row in self.now]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefRow:
    record: SourceRecord
    """As it stood then, where it was here then; else as it is."""
    name: str
    was_here: bool
    group_then: int | None
    """Null: it had no GroupID yet."""
    group_now: int | None
    says_other_now: bool
    """Its claim was replaced since."""
    is_known: bool
    lines: tuple[ClaimLine, ...]


def fields_of(then: AsOf, now: Contact, *, records_now: Sequence[SourceRecord]) -> tuple[FieldRow, ...]:
    """Those that have a value then or now, in the order of the contact page. One query, and one more for
    each that refuses marketing.
    """
    if then.contact is None:
        return ()
    said = [one.record for one in then.records]
    was = _by_label(golden_details(then.contact, said, kept=kept_by_then(then.contact, said, at=then.at)))
    is_now = _by_label(golden_details(now, records_now, kept=kept_by(now)))
    edits_then, edits_now = effective(then.contact), effective(now)
    authors = _authors({*edits_then.values(), *edits_now.values()})
    rows = []
    for label in dict.fromkeys((*was, *is_now)):
        field = (was.get(label) or is_now[label])[0].field
        row = FieldRow(
            label=label,
            then=was.get(label, ()),
            now=is_now.get(label, ()),
            edited_then=authors.get(edits_then.get(field, 0), ""),
            edited_now=authors.get(edits_now.get(field, 0), ""),
        )
        rows.append(row)
    return tuple(row for row in rows if any(one.value for one in (*row.then, *row.now)))


def _authors(override_ids: Iterable[int]) -> dict[int, str]:
    found = GoldenOverride.objects.filter(pk__in=list(override_ids))
    return dict(found.values_list("pk", "actor"))


def _by_label(rows: Sequence[DetailRow]) -> dict[str, tuple[DetailRow, ...]]:
    """The second and later rows of a field have no label of their own."""
    found: dict[str, tuple[DetailRow, ...]] = {}
    label = ""
    for row in rows:
        label = row.label or label
        found[label] = (*found.get(label, ()), row)
    return found


def refs_of(
    then: AsOf, *, others: Sequence[SourceRecord], then_of: Mapping[int, int], now_of: Mapping[int, int]
) -> tuple[RefRow, ...]:
    """Those of then, and after them `others`: System Refs that are here now and were not. `then_of` and
    `now_of`: GroupID by record id.
    """
    was = [_was_here(one, then.group_id, now_of) for one in then.records]
    came = [
        RefRow(
            record=record,
            name=record_name(record),
            was_here=False,
            group_then=then_of.get(record.pk),
            group_now=now_of.get(record.pk),
            says_other_now=False,
            is_known=True,
            lines=(),
        )
        for record in others
    ]
    return (*was, *came)


def _was_here(one: RecordThen, group_id: int, now_of: Mapping[int, int]) -> RefRow:
    return RefRow(
        record=one.record,
        name=record_name(one.record),
        was_here=True,
        group_then=group_id,
        group_now=now_of.get(one.record.pk),
        says_other_now=not one.is_current,
        is_known=one.is_known,
        lines=claim_lines(one.record),
    )
