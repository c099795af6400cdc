"""Rows of what people say of golden values. Called by this room's actions only: they ask for the permission,
hold the contact, assemble it and write the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.access.actors import Actor
from kith.contacts.may.asking import hold_to_changing
from kith.contacts.models import Contact
from kith.contacts.suppressions.arriving import value_typed
from kith.golden import overrides, standing
from kith.golden import value_statements as values
from kith.golden.models import GoldenOverride, ValueStatement
from kith.golden.pieces import Piece
from kith.golden.waiting import edits_wait
from kith.kernel.clock import now
from kith.kernel.errors import NotFound, Refused

State = GoldenOverride.State


def locked(contact_id: int, *, actor: Actor) -> Contact:
    """Refused where the actor may not change it."""
    contact = Contact.objects.select_for_update().filter(pk=contact_id, state=Contact.State.ACTIVE).first()
    if contact is None:
        raise NotFound("There is no such contact.")
    hold_to_changing([contact_id], actor=actor)
    return contact


@dataclass(frozen=True, slots=True)
class Entering:
    """In which state a new edit enters, and which edits it replaces."""

    state: GoldenOverride.State
    replaces: tuple[GoldenOverride.State, ...]

    @property
    def waits(self) -> bool:
        return self.state == State.PENDING


def entering() -> Entering:
    if edits_wait():
        return Entering(State.PENDING, (State.PENDING,))
    return Entering(State.IN_FORCE, overrides.OPEN)


def lay(
    contact: Contact,
    *,
    actor: Actor,
    field: str,
    piece: Piece,
    mode: str,
    note: str,
    state: GoldenOverride.State,
    replaces: Sequence[GoldenOverride.State],
) -> GoldenOverride:
    """An edit, in place of those it replaces."""
    if mode not in GoldenOverride.Mode.values:
        raise Refused("Say whether it is pinned, or holds until the source changes.")
    record_id = overrides.anchor_of(contact, field)
    lift(contact, field, actor=actor, states=replaces)
    value_typed(record_id, emails=piece.get("emails", ()), phones=piece.get("phones", ()))
    return GoldenOverride.objects.create(
        record_id=record_id,
        field=field,
        value=piece,
        mode=mode,
        state=state,
        against=standing.said_now(record_id, field=field),
        user_id=actor.user_id,
        actor=actor.name,
        note=note,
        in_force_at=None if state == State.PENDING else now(),
    )


def lift(contact: Contact, field: str, *, actor: Actor, states: Sequence[GoldenOverride.State]) -> None:
    """What people said of the field counts no more: something else is said."""
    for old in overrides.replaced_by_new(contact.pk, field, states=states):
        end(old, actor=actor, because=GoldenOverride.Because.REPLACED)


def end(old: GoldenOverride, *, actor: Actor, because: str = "") -> None:
    pending = old.state == State.PENDING
    usual = GoldenOverride.Because.CANCELLED if pending else GoldenOverride.Because.WITHDRAWN
    old.state = State.ENDED
    old.ended_at = now()
    old.ended_by_id = actor.user_id
    old.ended_because = because or usual
    old.save(update_fields=["state", "ended_at", "ended_by", "ended_because"])


def say(
    contact: Contact,
    field: str,
    key: str,
    about: str,
    said: str,
    *,
    actor: Actor,
    value: Piece | None = None,
) -> None:
    """About one value of a list, on every System Ref that says it, in place of what was said before."""
    at, records = now(), values.speakers_of(contact, field, key)
    ValueStatement.objects.filter(
        record_id__in=records, field=field, key=key, about=about, ended_at__isnull=True
    ).update(ended_at=at)
    ValueStatement.objects.bulk_create(
        ValueStatement(
            record_id=record_id,
            field=field,
            key=key,
            about=about,
            said=said,
            value=value,
            user_id=actor.user_id,
            actor=actor.name,
            at=at,
        )
        for record_id in records
    )


def say_state(
    contact: Contact,
    field: str,
    key: str,
    state: ValueStatement.State,
    *,
    actor: Actor,
    value: Piece | None = None,
) -> None:
    say(contact, field, key, ValueStatement.STATE, state, actor=actor, value=value)
