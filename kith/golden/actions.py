"""Changes to golden records: the rules, and which System Ref leads."""

from __future__ import annotations

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Contact
from kith.golden import assembly
from kith.golden.models import GoldenRules
from kith.golden.rules import Rules, problems
from kith.golden.versions import version_in_force
from kith.kernel.decision import Decision
from kith.kernel.errors import Conflict, NotFound, Refused

_LOCK = 5_287_414_904


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
    contact = Contact.objects.select_for_update().filter(pk=contact_id, state=Contact.State.ACTIVE).first()
    if contact is None:
        raise NotFound("There is no such contact.")
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
