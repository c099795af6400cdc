"""One question as a steward reads it: two contacts side by side, what speaks, and what follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from kith.access.actors import Actor
from kith.contacts.models import Contact
from kith.contacts.names import record_name
from kith.contacts.rights.seeing import seen_all, unseen
from kith.golden.wording import address_line, shown
from kith.grouping.engine.records import arrow_records
from kith.grouping.intents import Group
from kith.grouping.outcome import GoldenChange, Outcome
from kith.grouping.previewing import preview
from kith.grouping.recipe.in_force import matching_in_force
from kith.grouping.recipe.model_table import Bar, bar
from kith.grouping.why.likely import LikelyRelation, likely_relation
from kith.kernel.errors import Conflict
from kith.matching.comparable import comparables
from kith.matching.explain import explain_group, explain_pair
from kith.matching.explainer import PairExplanation, Step
from kith.matching.model import Compared
from kith.matching.records import COMPANY
from kith.sources.models import Membership, SourceRecord, SourceSystem
from kith.stewardship.review.models import ReviewItem
from kith.stewardship.review.queue import item_of
from kith.stewardship.showing import change_as_read
from kith.web.formats import day, phone

ANSWERED_MEANWHILE: Final = "Somebody answered this meanwhile."
MOST_VALUES: Final = 4
"""Of e-mails, phones and addresses of one contact shown."""
MOST_REFS: Final = 5
MOST_EXPLAINED: Final = 20
"""System Refs of a contact that are looked through for what contradicts."""
MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    source: SourceSystem
    system_ref: str
    name: str
    speaks: bool
    """It is the System Ref whose evidence stands for the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    contact: Contact
    sources: tuple[SourceSystem, ...]
    refs: tuple[Ref, ...]
    """The one that speaks first; at most MOST_REFS."""
    record_ids: tuple[int, ...]
    """The one that speaks first; at most MOST_EXPLAINED."""
    seen_at: datetime | None
    seen_in: str

    @property
    def hidden(self) -> int:
        return max(self.contact.record_count - len(self.refs), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    differs: bool
    bar: Bar | None
    """None where nothing speaks either way."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A golden detail of the master as grouping would change it."""

    label: str
    before: str
    after: str
    """'' where it stays as it is."""
    added: str
    """What a list gains, in place of `before` and `after`."""
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    item: ReviewItem
    left: Side
    right: Side
    rows: tuple[Row, ...]
    total: Bar | None
    why: str
    reasons: tuple[str, ...]
    """Why it is asked, in a few words each."""
    relation: LikelyRelation | None
    """What they may be to each other if they are two; None where nothing tells."""
    master: Contact
    outcome: Outcome

    @property
    def is_company(self) -> bool:
        return self.item.contact_kind == COMPANY

    @property
    def child(self) -> Contact:
        return self.right.contact if self.master is self.left.contact else self.left.contact

    @property
    def effects(self) -> tuple[Effect, ...]:
        return tuple(_effect(change) for after in self.outcome.contacts for change in after.changes)

    @property
    def protections(self) -> tuple[str, ...]:
        return tuple(one for after in self.outcome.contacts for one in after.protections)

    @property
    def probability(self) -> str:
        return per_cent(self.item.probability)

    @property
    def is_contradiction(self) -> bool:
        """Then the model alone would have grouped them, and its probability says only that."""
        return self.item.kind == ReviewItem.Kind.CONTRADICTION


def _effect(change: GoldenChange) -> Effect:
    seen = change_as_read(change)
    new = [value.text for value in seen.after if value.is_new]
    grows = bool(seen.before) and len(seen.after) == len(seen.before) + len(new)
    return Effect(
        label=change.label,
        before=", ".join(seen.before),
        after="" if seen.stays else ", ".join(value.text for value in seen.after),
        added=", ".join(new) if grows else "",
        lost=seen.lost,
    )


def per_cent(share: float) -> str:
    """71 %, 99.6 %, over 99.9 %."""
    if share >= 0.9995:
        return "over 99.9 %"
    if share < 0.0005:
        return "under 0.1 %"
    return f"{share:.0%}".replace("%", " %") if 0.01 <= share <= 0.99 else f"{share * 100:.1f} %"


def opened(item_id: int, *, actor: Actor, master_id: int | None = None) -> Question:
    """Raises NotFound, and Conflict where the question is no longer asked. A fixed number of queries."""
    item = item_of(item_id, actor=actor)
    if not is_asked(item):
        raise Conflict(ANSWERED_MEANWHILE)
    left, right = _sides(item, actor=actor)
    pair = _explained(item)
    master = chosen_master(left.contact, right.contact, master_id=master_id)
    child = right.contact if master is left.contact else left.contact
    return Question(
        item=item,
        left=left,
        right=right,
        rows=_rows(left.contact, right.contact, pair),
        total=None if pair.weight is None else bar(pair.weight),
        why=pair.why,
        reasons=_reasons(item, pair, _contradicting(item, left, right)),
        relation=likely_relation(unseen(left.contact), unseen(right.contact), pair),
        master=master,
        outcome=preview(actor=actor, intent=Group(master=master.pk, children=(child.pk,))),
    )


def is_asked(item: ReviewItem) -> bool:
    """It is open, and the System Refs that speak are still with the contacts asked about. One query."""
    if item.state != ReviewItem.State.OPEN:
        return False
    ends = {item.left_record_id: item.left_contact_id, item.right_record_id: item.right_contact_id}
    found = Membership.objects.filter(record_id__in=ends).values_list("record_id", "contact_id")
    return dict(found) == ends


def chosen_master(left: Contact, right: Contact, *, master_id: int | None = None) -> Contact:
    """The one asked for, else the one with more System Refs, else the older."""
    if master_id in {left.pk, right.pk}:
        return left if left.pk == master_id else right
    return max(left, right, key=lambda one: (one.record_count, -one.pk))


def _sides(item: ReviewItem, *, actor: Actor) -> tuple[Side, Side]:
    ids = (item.left_contact_id, item.right_contact_id)
    found = Contact.objects.defer("search").prefetch_related("emails", "phones", "addresses").in_bulk(ids)
    found = seen_all(found, actor=actor)
    sources = {source.pk: source for source in SourceSystem.objects.order_by("priority", "pk")}
    records = _records(ids)
    speaking = {item.left_record_id, item.right_record_id}
    left, right = (_side(found[pk], records.get(pk, ()), sources, speaking) for pk in ids)
    return left, right


def _records(contact_ids: Sequence[int]) -> Mapping[int, Sequence[SourceRecord]]:
    """A few of each contact are shown, and the newest tells when it was last seen."""
    found: dict[int, list[SourceRecord]] = {pk: [] for pk in contact_ids}
    rows = SourceRecord.objects.filter(membership__contact__in=contact_ids).select_related("membership")
    wanted = rows.only(
        "source_id",
        "system_ref",
        "first_name",
        "middle_name",
        "last_name",
        "company_name",
        "claimed_at",
        "received_at",
        "membership__contact_id",
    )
    for record in wanted.order_by("source__priority", "pk")[:200]:
        found[record.membership.contact_id].append(record)
    return found


def _side(
    contact: Contact,
    records: Sequence[SourceRecord],
    sources: Mapping[int, SourceSystem],
    speaking: set[int],
) -> Side:
    newest = max(records, key=_seen_at, default=None)
    ordered = sorted(records, key=lambda record: record.pk not in speaking)
    return Side(
        contact=contact,
        sources=tuple(source for pk, source in sources.items() if pk in contact.source_ids),
        refs=tuple(
            Ref(
                source=sources[record.source_id],
                system_ref=record.system_ref,
                name=record_name(record),
                speaks=record.pk in speaking,
            )
            for record in ordered[:MOST_REFS]
        ),
        record_ids=tuple(record.pk for record in ordered[:MOST_EXPLAINED]),
        seen_at=_seen_at(newest) if newest else None,
        seen_in=sources[newest.source_id].name if newest else "",
    )


def _seen_at(record: SourceRecord) -> datetime:
    return record.claimed_at or record.received_at


def _explained(item: ReviewItem) -> PairExplanation:
    ids = (item.left_record_id, item.right_record_id)
    said = {one.record_id: one for one in comparables(arrow_records(ids=ids))}
    in_force = matching_in_force()
    return explain_pair(said[ids[0]], said[ids[1]], recipe=in_force.recipe, figures=in_force.figures)


_NAMES: Final = (Compared.FIRST_NAME, Compared.MIDDLE_NAME, Compared.LAST_NAME, Compared.COMPANY_NAME)
_NUMBERS: Final = (
    ("id_number", "ID number"),
    ("passport_number", "Passport number"),
    ("social_security_number", "Social security number"),
    ("vat_number", "VAT number"),
    ("registration_number", "Registration number"),
)


def _rows(left: Contact, right: Contact, pair: PairExplanation) -> tuple[Row, ...]:
    """Numbers and gender only where somebody knows them, or they tell."""
    rows = [_row("Name", _names(left), _names(right), pair, _NAMES)]
    if left.kind != COMPANY:
        born = (_born(left), _born(right))
        rows.append(_row("Date of birth", *born, pair, (Compared.BIRTH_DATE,)))
    rows += [
        _row("E-mail", _emails(left), _emails(right), pair, (Compared.EMAIL,)),
        _row("Phone", _phones(left), _phones(right), pair, (Compared.PHONE,)),
        _row("Address", _addresses(left), _addresses(right), pair, (Compared.ADDRESS,)),
    ]
    rest = [_row("Gender", _gender(left), _gender(right), pair, (Compared.GENDER,))]
    numbers = [(label, _plain(left, name), _plain(right, name)) for name, label in _NUMBERS]
    known = [(label, one, other) for label, one, other in numbers if one or other]
    for place, (label, one, other) in enumerate(known):
        rest.append(_row(label, one, other, pair, (Compared.IDENTITY_NUMBER,) if not place else ()))
    return (*rows, *(row for row in rest if row.left or row.right))


def _row(
    label: str,
    left: tuple[str, ...],
    right: tuple[str, ...],
    pair: PairExplanation,
    fields: Iterable[Compared],
) -> Row:
    steps = [step for step in pair.steps if step.field in fields]
    known = [step for step in steps if step.test is not None]
    bits = sum(step.bits for step in known)
    disagree = bool(left and right) and not {one.casefold() for one in left} & {
        other.casefold() for other in right
    }
    return Row(
        label=label,
        left=left,
        right=right,
        differs=bool(left and right) and (bits < 0 or (disagree and bits <= 0)),
        bar=bar(bits) if known else None,
        words="; ".join(_said(step) for step in known or steps),
    )


def _said(step: Step) -> str:
    return f"{step.words}, {step.frequency}" if step.frequency else step.words


def _names(contact: Contact) -> tuple[str, ...]:
    return (contact.name,) if contact.name else ()


def _plain(contact: Contact, name: str) -> tuple[str, ...]:
    value = getattr(contact, name)
    return (str(value),) if value else ()


def _gender(contact: Contact) -> tuple[str, ...]:
    return (shown("gender", contact.gender),) if contact.gender else ()


def _born(contact: Contact) -> tuple[str, ...]:
    born: date | str | None = contact.birth_date
    return (day(born) if isinstance(born, date) else born,) if born else ()


def _emails(contact: Contact) -> tuple[str, ...]:
    return tuple(one.value for one in contact.emails.all())[:MOST_VALUES]


def _phones(contact: Contact) -> tuple[str, ...]:
    return tuple(phone(one.value) for one in contact.phones.all())[:MOST_VALUES]


_WHERE: Final = ("line1", "line2", "city", "postcode", "country")


def _addresses(contact: Contact) -> tuple[str, ...]:
    lines = (address_line({part: getattr(one, part) for part in _WHERE}) for one in contact.addresses.all())
    return tuple(filter(None, lines))[:MOST_VALUES]


_ASKED_BECAUSE: Final = {
    ReviewItem.Kind.BRIDGE: "One weak link between two groups",
    ReviewItem.Kind.CONTRADICTION: "They contradict each other",
    ReviewItem.Kind.TOO_LARGE: "The contact would be too large",
}


def _contradicting(item: ReviewItem, left: Side, right: Side) -> tuple[str, ...]:
    """What forbids the engine to bring the two together, wherever in them it stands, in words."""
    if item.kind != ReviewItem.Kind.CONTRADICTION:
        return ()
    in_force = matching_in_force()
    table = arrow_records(ids=(*left.record_ids, *right.record_ids))
    found = explain_group(table, recipe=in_force.recipe, figures=in_force.figures).contradictions
    sides = set(left.record_ids)
    across = (one.words for one in found if (one.left_id in sides) != (one.right_id in sides))
    said = dict.fromkeys(part for words in across for part in words.split("; "))
    return tuple(said)[:MOST_REASONS]


def _reasons(item: ReviewItem, pair: PairExplanation, differ: tuple[str, ...]) -> tuple[str, ...]:
    """The kind of doubt, then what speaks the strongest for and against."""
    known = sorted((step for step in pair.steps if step.test is not None), key=lambda step: step.bits)
    told = [step.words for step in reversed(known) if step.bits > 0][:1]
    told += [step.words for step in known if step.bits < 0][:1]
    against = [rule.rule.name for rule in pair.contradictions[:1]]
    doubt = _ASKED_BECAUSE.get(ReviewItem.Kind(item.kind), "")
    if differ:
        doubt = f"{doubt}: {', '.join(differ)}"
    words = ", ".join(told)
    return tuple(filter(None, (doubt, words[:1].upper() + words[1:], *against)))
