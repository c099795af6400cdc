"""Changes to golden records: the rules, which System Ref leads, and what people say themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import local
from kith.contacts.checks.formats import hold_to_formats
from kith.contacts.checks.telling import clashes_told
from kith.contacts.entry import Claim
from kith.contacts.models import Contact
from kith.contacts.value_ids import address_key
from kith.golden import assembly, holding, overrides, pieces, typed, was_and_is, wording, writing
from kith.golden import value_statements as values
from kith.golden.corrections import Task, said_of
from kith.golden.models import GoldenOverride, GoldenRules, ToldSource, ValueStatement
from kith.golden.pieces import Piece
from kith.golden.rules import AUTHORISATIONS, LIST_FIELDS, Rules, problems
from kith.golden.versions import version_in_force
from kith.kernel.clock import now
from kith.kernel.decision import Decision
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.records import ADDRESS_PARTS
from kith.vault import details
from kith.vault.details import ValueChange

_LOCK = 5_287_414_904
_PENDING = GoldenOverride.State.PENDING


@transaction.atomic
def save_rules(*, actor: Actor, rules: Rules, note: str = "") -> GoldenRules:
    """Save a new version; every contact is assembled anew by the next run."""
    require(actor, Permission.RULES_EDIT)
    Decision(problems(rules)).or_raise()
    version = GoldenRules.objects.create(rules=rules.to_json(), saved_by_id=actor.user_id, note=note)
    _mark_all_stale()
    journal.record("GoldenRulesSaved", by=actor, subject_type="golden_rules", subject_id=version.pk)
    return version


@transaction.atomic
def save_edited_rules(*, actor: Actor, rules: Rules, note: str, based_on: int | None) -> GoldenRules:
    """As `save_rules`, unless somebody saved another version since the editor was opened."""
    require(actor, Permission.RULES_EDIT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if version_in_force() != based_on:
        raise Conflict(
            "Somebody saved the golden record rules after you opened them. Nothing of yours was saved: "
            "open the page again beside this one and bring your changes over."
        )
    return save_rules(actor=actor, rules=rules, note=note)


@transaction.atomic
def restore_rules(*, actor: Actor, version_id: int) -> GoldenRules:
    """An earlier version becomes the newest again."""
    require(actor, Permission.RULES_EDIT)
    version = GoldenRules.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound("There is no such version.")
    rules = Rules.from_json(version.rules)
    return save_rules(actor=actor, rules=rules, note=f"Version {version_id} again")


@transaction.atomic
def make_primary(*, actor: Actor, contact_id: int, record_id: int) -> Contact:
    """Let this System Ref lead: its details win wherever the rules ask for the primary System Ref (K9)."""
    require(actor, Permission.CONTACT_GROUP)
    contact = writing.locked(contact_id, actor=actor)
    if not contact.memberships.filter(record_id=record_id).exists():
        raise Refused("This System Ref does not belong to this contact.")
    contact.primary_record_id = record_id
    contact.primary_chosen = True
    contact.save(update_fields=["primary_record_id", "primary_chosen"])
    assembly.assemble([contact_id])
    journal.record(
        "PrimaryChosen",
        by=actor,
        subject_type="source_record",
        subject_id=record_id,
        group_id=contact_id,
    )
    contact.refresh_from_db()
    return contact


def _mark_all_stale() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_contact SET stale_at = now() WHERE state = 'active' AND stale_at IS NULL"
        )


@clashes_told
@transaction.atomic
def override(
    *,
    actor: Actor,
    contact_id: int,
    field: str,
    value: Claim,
    mode: str,
    note: str = "",
    leads: bool = True,
    instead_of: str = "",
    retires: bool = False,
    seen: str = "",
) -> GoldenOverride:
    """Say what a golden field is: at once, or from the next overnight run where edits wait (K5).

    `value`: claim fields as typed (`first_name`; of a list the first one, `email_1`). Of a list, `leads`:
    it becomes the primary one; `instead_of`: the key of the value that it corrects, which `retires` says is
    no longer used (addresses only). `seen`: the state of the field that the person looked at
    (`overrides.state_of`); Conflict when it is another one by now.
    """
    require(actor, Permission.CONTACT_EDIT)
    contact = writing.locked(contact_id, actor=actor)
    _unless_changed(contact, field, seen=seen)
    source = local.local_source()
    hold_to_formats(value, country=contact.residence_country or source.default_country)
    piece = typed.read(
        field,
        value,
        kind=contact.kind,
        country=contact.residence_country,
        options=local.cleaning_options(source),
    )
    if field in LIST_FIELDS:
        piece = _as_list(contact, field, piece, leads=leads, instead_of=instead_of, actor=actor)
    if field in AUTHORISATIONS and piece.get(field):
        piece["despite"] = overrides.outranked(contact, field, mode=mode)
    enters = writing.entering()
    with holding.held(contact.pk, waits=enters.waits):
        if retires and not enters.waits and instead_of not in pieces.keys_of(piece, field=field):
            _deactivate(contact, instead_of, actor=actor)
        return _put(
            contact,
            actor=actor,
            field=field,
            piece=piece,
            mode=mode,
            note=note,
            state=enters.state,
            replaces=enters.replaces,
        )


@clashes_told
@transaction.atomic
def take_back_value(*, actor: Actor, override_id: int, key: str) -> int | None:
    """One value of a list that people typed or chose goes, the others stay.

    Returns the override that says the others; None when there are none.
    """
    require(actor, Permission.CONTACT_EDIT)
    contact, mine = _open_override(override_id, actor=actor)
    if key not in pieces.keys_of(mine.value, field=mine.field):
        raise Conflict("This value is not there any more.")
    with holding.held(contact.pk):
        # What waits was laid into the list in force: it comes without the value too.
        for waiting in overrides.waiting_of(contact.pk, mine.field).exclude(pk=mine.pk):
            _without(contact, waiting, key=key, actor=actor)
        left = _without(contact, mine, key=key, actor=actor)
    return left.pk if left else None


def _without(contact: Contact, mine: GoldenOverride, *, key: str, actor: Actor) -> GoldenOverride | None:
    """Another override in its place, in the same state; None when that would say nothing."""
    if key not in pieces.keys_of(mine.value, field=mine.field):
        return mine
    left = pieces.without(mine.value, field=mine.field, key=key)
    if left is None:
        _withdraw(contact, mine, actor=actor)
        return None
    state = GoldenOverride.State(mine.state)
    return _put(
        contact,
        actor=actor,
        field=mine.field,
        piece=left,
        mode=mine.mode,
        note=mine.note,
        state=state,
        replaces=(state,),
    )


@clashes_told
@transaction.atomic
def withdraw_override(*, actor: Actor, override_id: int) -> None:
    """What the sources say counts again; a pending one never comes into force."""
    require(actor, Permission.CONTACT_EDIT)
    contact, mine = _open_override(override_id, actor=actor)
    with holding.held(contact.pk):
        _withdraw(contact, mine, actor=actor)


@transaction.atomic
def apply_pending(*, actor: Actor) -> int:
    """Whatever waits comes into force; the golden step of the same run assembles. Returns how many."""
    require(actor, Permission.RUN_START)
    applied = overrides.put_pending_in_force()
    if applied:
        journal.record(
            "PendingOverridesApplied", by=actor, subject_type="golden_override", detail={"number": applied}
        )
    return applied


@transaction.atomic
def mark_told(*, actor: Actor, tasks: Sequence[Task]) -> int:
    """The sources know of these corrections; asked for again when either side says something else.

    Returns how many; one that needs no telling any more is passed over.
    """
    require(actor, Permission.CONTACT_EDIT)
    told = 0
    for task in tasks:
        said = said_of(task)
        if said is None:
            continue
        ToldSource.objects.update_or_create(
            override_id=task.override_id,
            record_id=task.record_id,
            defaults={"said": said, "user_id": actor.user_id, "actor": actor.name, "at": now()},
        )
        told += 1
    if told:
        journal.record("SourceTold", by=actor, subject_type="golden_override", detail={"number": told})
    return told


@clashes_told
@transaction.atomic
def deactivate_address(*, actor: Actor, contact_id: int, key: str) -> None:
    """It stays to be seen, is used for nothing, and is never primary, whatever the sources send (C24)."""
    require(actor, Permission.CONTACT_EDIT)
    contact = writing.locked(contact_id, actor=actor)
    with holding.held(contact.pk):
        _deactivate(contact, key, actor=actor)
        assembly.assemble([contact.pk])


def _deactivate(contact: Contact, key: str, *, actor: Actor) -> None:
    """The caller assembles."""
    address = values.golden_address(contact, key)
    if address is None:
        raise Conflict(values.NOT_THERE)
    values.may_deactivate(uses=values.uses_of(contact, address)).or_raise()
    writing.say_state(
        contact,
        values.ADDRESSES,
        key,
        ValueStatement.State.INACTIVE,
        actor=actor,
        value=pieces.piece_of_address(address),
    )
    journal.record(
        "AddressDeactivated", by=actor, subject_type="contact", subject_id=contact.pk, group_id=contact.pk
    )


@transaction.atomic
def activate_address(*, actor: Actor, contact_id: int, key: str) -> None:
    require(actor, Permission.CONTACT_EDIT)
    contact = writing.locked(contact_id, actor=actor)
    said = values.statements_of(contact)
    kind = next((one.type for one in said.inactive if one.key == key), "")
    active = contact.addresses.values_list("type", flat=True)
    state = said.state(values.ADDRESSES, key)
    values.may_activate(state=state, type_=kind, active_types=active).or_raise()
    writing.say_state(contact, values.ADDRESSES, key, ValueStatement.State.ACTIVE, actor=actor)
    _after_statement("AddressActivated", contact, actor=actor)


@transaction.atomic
def remove_address(*, actor: Actor, contact_id: int, key: str) -> None:
    """Nobody sees an inactive address any more. What its source says stays what it says."""
    require(actor, Permission.CONTACT_EDIT)
    contact = writing.locked(contact_id, actor=actor)
    state = values.statements_of(contact).state(values.ADDRESSES, key)
    values.may_remove(state=state).or_raise()
    writing.say_state(contact, values.ADDRESSES, key, ValueStatement.State.REMOVED, actor=actor)
    _after_statement("AddressRemoved", contact, actor=actor)


@transaction.atomic
def note_value(
    *, actor: Actor, contact_id: int, field: str, key: str, note: str, custom: Mapping[str, str]
) -> None:
    """What people say about one e-mail, phone or address: a note, and its user-defined fields by code. A text
    that is the same is not said again; '' takes it back.
    """
    require(actor, Permission.CONTACT_EDIT)
    contact = writing.locked(contact_id, actor=actor)
    before = values.statements_of(contact)
    told = {ValueStatement.NOTE: note.strip()} | {f"custom.{code}": text for code, text in custom.items()}
    was = {about: before.of(field, key, about) for about in told}
    news = {about: text for about, text in told.items() if text != _text_of(was[about])}
    for about, text in news.items():
        writing.say(contact, field, key, about, text, actor=actor)
    if news:
        journal.record(
            "ValueNoted", by=actor, subject_type="contact", subject_id=contact.pk, group_id=contact.pk
        )


def _text_of(said: values.Said | None) -> str:
    return said.text if said else ""


def _after_statement(event: str, contact: Contact, *, actor: Actor) -> None:
    assembly.assemble([contact.pk])
    journal.record(event, by=actor, subject_type="contact", subject_id=contact.pk, group_id=contact.pk)


def _unless_changed(contact: Contact, field: str, *, seen: str) -> None:
    if seen and overrides.state_of(contact, field) != seen:
        raise Conflict(
            "Somebody changed this meanwhile. What you typed is still here; compare, and save again to put "
            "it in place."
        )


def _as_list(
    contact: Contact, field: str, piece: Piece, *, leads: bool, instead_of: str, actor: Actor
) -> Piece:
    """The value typed, laid into the list that people made so far."""
    statements = values.statements_of(contact)
    if field == values.ADDRESSES:
        _unless_retired_or_second(contact, piece, instead_of=instead_of, said=statements)
    for key in pieces.keys_of(piece, field=field):
        if statements.state(field, key) == ValueStatement.State.REMOVED:
            writing.say_state(contact, field, key, ValueStatement.State.ACTIVE, actor=actor)
    said = overrides.keys_said(contact, field)
    new = Piece(
        **piece, leads=leads, typed=[key for key in pieces.keys_of(piece, field=field) if key not in said]
    )
    before = overrides.latest_of(contact.pk, field)
    return pieces.joined(before.value if before else None, new, field=field, without=instead_of)


def _unless_retired_or_second(
    contact: Contact, piece: Piece, *, instead_of: str, said: values.Statements
) -> None:
    """One active address of each type (C23); an inactive one is activated, not typed again."""
    golden = {address_key(row): row["type"] for row in contact.addresses.values("type", *ADDRESS_PARTS)}
    for key, address in zip(pieces.keys_of(piece, field=values.ADDRESSES), piece["addresses"], strict=True):
        state = said.state(values.ADDRESSES, key)
        if state == ValueStatement.State.INACTIVE:
            raise Refused("This address is inactive. Activate it instead of typing it again.")
        kind = (address.get("type") or "").casefold()
        others = {golden[one].casefold() for one in golden if one not in {key, instead_of}}
        was = golden.get(key) or golden.get(instead_of) or ""
        if kind and kind in others and kind != was.casefold():
            raise Refused("Nothing was saved: see below.", fields={"address_1_type": values.SECOND_OF_TYPE})


def _put(
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
    waits = state == _PENDING
    before = was_and_is.text_of(contact.pk, field)
    made = writing.lay(
        contact,
        actor=actor,
        field=field,
        piece=piece,
        mode=mode,
        note=note,
        state=state,
        replaces=replaces,
    )
    if not waits:
        assembly.assemble([contact.pk])
    entry = journal.record(
        "GoldenOverrideRequested" if waits else "GoldenOverrideMade",
        by=actor,
        subject_type="golden_override",
        subject_id=made.pk,
        group_id=contact.pk,
        detail={"fields": [field], "mode": mode},
    )
    after = wording.of_piece(piece, field) if waits else was_and_is.text_of(contact.pk, field)
    details.keep(entry, record_id=made.record_id, changes=[ValueChange(field, before, after)])
    return made


def _open_override(override_id: int, *, actor: Actor) -> tuple[Contact, GoldenOverride]:
    """Both locked, the contact first."""
    contact_id = overrides.contact_of(override_id)
    if contact_id is None:
        raise NotFound("There is no such edit of a golden value.")
    contact = writing.locked(contact_id, actor=actor)
    if overrides.contact_of(override_id) != contact_id:
        raise Conflict("It went to another contact at this moment. Open the contact again.")
    mine = GoldenOverride.objects.select_for_update().get(pk=override_id)
    if mine.state == GoldenOverride.State.ENDED:
        raise Conflict("This edit is not in force any more.")
    return contact, mine


def _withdraw(contact: Contact, mine: GoldenOverride, *, actor: Actor) -> None:
    was_in_force = mine.state == GoldenOverride.State.IN_FORCE
    before = was_and_is.text_of(contact.pk, mine.field)
    writing.end(mine, actor=actor)
    if was_in_force:
        assembly.assemble([contact.pk])
    entry = journal.record(
        "GoldenOverrideWithdrawn" if was_in_force else "GoldenOverrideCancelled",
        by=actor,
        subject_type="golden_override",
        subject_id=mine.pk,
        group_id=contact.pk,
        detail={"fields": [mine.field]},
    )
    change = ValueChange(mine.field, before, was_and_is.text_of(contact.pk, mine.field))
    details.keep(entry, record_id=mine.record_id, changes=[change])
