from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.audit.models import Entry
from kith.contacts.belongings import anchor_of, contact_of
from kith.contacts.may.asking import hold_to_changing
from kith.contacts.models import Contact
from kith.contacts.settings.relation_types import RelationType, relation_types_in_force
from kith.kernel.decision import sentence
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.relations.models import Relation
from kith.relations.queries import between, related_as
from kith.relations.rules import may_be_related
from kith.vault import details
from kith.vault.details import ValueChange

LONGEST: Final = 500


@transaction.atomic
def add_relation(*, actor: Actor, contact_id: int, other_id: int, code: str, note: str = "") -> Relation:
    """`code`: what the other is to the contact. It shows on both."""
    require(actor, Permission.CONTACT_EDIT)
    said = _said(note)
    contact, other = _locked_pair(contact_id, other_id, actor=actor)
    present = {code for _, code in between(contact.pk, other.pk)}
    is_to, is_from = _allowed(code, contact, other, present=present)
    ends = anchor_of(contact.pk), anchor_of(other.pk)
    if ends[0] > ends[1]:
        ends, is_to, is_from = (ends[1], ends[0]), is_from, is_to
    relation = Relation.objects.create(
        from_record_id=ends[0],
        to_record_id=ends[1],
        code=is_to,
        inverse=is_from,
        note=said,
        user_id=actor.user_id,
        actor=actor.name,
    )
    _journal("RelationAdded", actor, relation, contact_id=contact.pk, other_id=other.pk)
    return relation


@transaction.atomic
def change_relation(
    *, actor: Actor, relation_id: int, contact_id: int, code: str, note: str, seen: int
) -> None:
    """`code` as seen from the contact; `seen`: how often it was changed when its form was opened. Where
    grouping brought several alike together, all of them change.
    """
    require(actor, Permission.CONTACT_EDIT)
    said = _said(note)
    found = _locked(relation_id, contact_id, actor=actor)
    if seen != found.edits:
        raise Conflict(
            "Somebody changed this relation meanwhile. What you typed is still here; compare, and save again "
            "to put it in place.",
            fields=_differing(found, code=code, note=said),
        )
    if found.other is None:
        raise NotFound("Both of its System Refs are of one contact now.")
    present = {one for row, one in between(found.contact.pk, found.other.pk) if row not in found.ids}
    is_to, is_from = _allowed(code, found.contact, found.other, present=present, was=found.code)
    was = ValueChange("note", found.note, said), ValueChange("relation", _label(found.code), _label(code))
    for row in found.rows:
        row.code, row.inverse = (is_to, is_from) if found.is_from(row) else (is_from, is_to)
        row.note = said
    found.rows[0].edits += 1
    Relation.objects.bulk_update(found.rows, ["code", "inverse", "note", "edits"])
    _refuse_lacking(found)
    entry = _journal(
        "RelationChanged", actor, found.rows[0], contact_id=found.contact.pk, other_id=found.other.pk
    )
    details.keep(entry, record_id=found.rows[0].from_record_id, changes=was)


@transaction.atomic
def remove_relation(*, actor: Actor, relation_id: int, contact_id: int, seen: int | None = None) -> None:
    """With those alike that grouping brought together. It can be added again; its note stays sealed beside
    the journal entry.
    """
    require(actor, Permission.CONTACT_EDIT)
    found = _locked(relation_id, contact_id, actor=actor)
    if seen is not None and seen != found.edits:
        raise Conflict("Somebody changed this relation meanwhile. Nothing was removed: look at it again.")
    Relation.objects.filter(pk__in=found.ids).delete()
    _refuse_lacking(found)
    other_id = found.other.pk if found.other else None
    entry = _journal("RelationRemoved", actor, found.rows[0], contact_id=contact_id, other_id=other_id)
    changes = ValueChange("note", found.note, ""), ValueChange("relation", _label(found.code), "")
    details.keep(entry, record_id=found.rows[0].from_record_id, changes=changes)


def _differing(found: _Found, *, code: str, note: str) -> dict[str, str]:
    sentence = "What stands here now is not what was sent."
    pairs = {"relation": (found.code, code), "note": (found.note, note)}
    return {name: sentence for name, (now, sent) in pairs.items() if now != sent}


def forget_relations(*, record_ids: Sequence[int]) -> None:
    """All that have an end at one of these System Refs; part of an action that asked for the permission."""
    Relation.objects.filter(Q(from_record_id__in=record_ids) | Q(to_record_id__in=record_ids)).delete()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    contact: Contact
    other: Contact | None
    """None: both of its System Refs are of the contact."""
    code: str
    """What the other is to the contact."""
    rows: tuple[Relation, ...]
    """Itself, and those alike between the same two contacts."""
    ends_here: frozenset[int]
    """Ids of those whose `from` is of the contact."""

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(row.pk for row in self.rows)

    @property
    def edits(self) -> int:
        return sum(row.edits for row in self.rows)

    @property
    def note(self) -> str:
        return "\n".join(dict.fromkeys(row.note for row in self.rows if row.note))

    def is_from(self, row: Relation) -> bool:
        return row.pk in self.ends_here


def _locked(relation_id: int, contact_id: int, *, actor: Actor) -> _Found:
    """As it stands once both contacts are locked."""
    row = Relation.objects.filter(pk=relation_id).first()
    ends = _ends(row) if row else ()
    locked = {
        one.pk: one
        for one in Contact.objects.defer("search").select_for_update().filter(pk__in=ends).order_by("pk")
    }
    row = Relation.objects.select_for_update().filter(pk=relation_id).first()
    if row is None or _ends(row) != ends or contact_id not in locked:
        raise NotFound("There is no such relation of this contact.")
    hold_to_changing(locked, actor=actor)
    other_id = next((one for one in ends if one != contact_id), None)
    if other_id is None:
        contact = locked[contact_id]
        return _Found(contact=contact, other=None, code=row.code, rows=(row,), ends_here=frozenset({row.pk}))
    alike = between(contact_id, other_id)
    code = next(code for pk, code in alike if pk == relation_id)
    ids = [pk for pk, one in alike if one == code]
    rows = tuple(Relation.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    return _Found(
        contact=locked[contact_id],
        other=locked[other_id],
        code=code,
        rows=rows,
        ends_here=frozenset(one.pk for one in rows if contact_of(one.from_record_id) == contact_id),
    )


def _ends(row: Relation) -> tuple[int, ...]:
    """The contacts that it is of now, one of which may be missing."""
    found = (contact_of(row.from_record_id), contact_of(row.to_record_id))
    return tuple(one for one in found if one is not None)


def _locked_pair(contact_id: int, other_id: int, *, actor: Actor) -> tuple[Contact, Contact]:
    locked = {
        one.pk: one
        for one in Contact.objects.defer("search")
        .select_for_update()
        .filter(pk__in=(contact_id, other_id), state=Contact.State.ACTIVE)
        .order_by("pk")
    }
    if contact_id not in locked:
        raise NotFound("There is no such contact.")
    if contact_id == other_id:
        raise _wrong_other("No contact is related to itself.")
    if other_id not in locked:
        raise _wrong_other("There is no active contact with this GroupID.")
    hold_to_changing(locked, actor=actor)
    return locked[contact_id], locked[other_id]


def _wrong_other(words: str) -> Refused:
    return Refused(words, fields={"other": words})


def _allowed(
    code: str, contact: Contact, other: Contact, *, present: set[str], was: str = ""
) -> tuple[str, str]:
    """The code, and what the contact then is to the other."""
    types = relation_types_in_force()
    allowed = may_be_related(types, code, kind=contact.kind, other=other.kind, present=present, was=was)
    inverse: RelationType | None = types.inverse_of(code)
    if not allowed or inverse is None:
        words = sentence(allowed.reasons)
        raise Refused(words, fields={"type": words})
    return code, inverse.code


def _refuse_lacking(found: _Found) -> None:
    """C6: neither of the two may be without what is mandatory, because of this change."""
    types = relation_types_in_force()
    was, inverse = types.of(found.code), types.inverse_of(found.code)
    if found.other is None or was is None or inverse is None:
        return
    for contact, one in ((found.contact, was), (found.other, inverse)):
        if one.active and one.mandatory and one.code not in related_as(contact.pk):
            words = f"“{one.label}” is mandatory: add another relation of this type first."
            raise Refused(words, fields={"type": words})


def _label(code: str) -> str:
    found = relation_types_in_force().of(code)
    return found.label if found else code


def _said(note: str) -> str:
    said = note.replace("\r\n", "\n").strip()
    if len(said) > LONGEST:
        words = f"Write at most {LONGEST} characters."
        raise Refused(words, fields={"note": words})
    return said


def _journal(event: str, actor: Actor, row: Relation, *, contact_id: int, other_id: int | None) -> Entry:
    """On both contacts; the entry of the first."""
    entries = [
        journal.record(
            event,
            by=actor,
            subject_type="relation",
            subject_id=row.pk,
            group_id=mine,
            detail={"with_group_id": theirs},
        )
        for mine, theirs in ((contact_id, other_id), (other_id, contact_id))
        if mine is not None
    ]
    return entries[0]
