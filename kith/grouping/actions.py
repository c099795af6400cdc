"""Changes to the matching rules."""

from __future__ import annotations

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.grouping.models import MatchingRules
from kith.grouping.versions import RulesInForce, as_stored, rules_in_force, rules_of_version
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.rules import RuleSet, validate

_LOCK = 5_287_414_903


@transaction.atomic
def save_matching_rules(
    *, actor: Actor, rules: RuleSet, note: str = "", based_on: int | None
) -> MatchingRules:
    """Save a new version, in force from the next run on.

    `based_on` is the version the editor began from: somebody else's newer version is never lost unseen.
    """
    require(actor, Permission.RULES_EDIT)
    _lock()
    if rules_in_force().version_id != based_on:
        raise Conflict(
            "Somebody saved the matching rules after you opened them. Nothing of yours was saved: "
            "open the page again beside this one and bring your changes over."
        )
    problems = validate(rules)
    if problems:
        raise Refused(" ".join(problems))
    saved = _add(rules, note=note, user_id=actor.user_id)
    journal.record("MatchingRulesSaved", by=actor, subject_type="matching_rules", subject_id=saved.pk)
    return saved


@transaction.atomic
def restore_matching_rules(*, actor: Actor, version_id: int) -> MatchingRules:
    """An earlier version becomes the newest again; nothing between them is lost."""
    require(actor, Permission.RULES_EDIT)
    _lock()
    if not MatchingRules.objects.filter(pk=version_id).exists():
        raise NotFound("There is no such version.")
    return save_matching_rules(
        actor=actor,
        rules=rules_of_version(version_id),
        note=f"Version {version_id} again",
        based_on=rules_in_force().version_id,
    )


@transaction.atomic
def number_rules(*, actor: Actor, in_force: RulesInForce) -> int:
    """The version number evidence refers to; the shipped rules get theirs when first used."""
    require(actor, Permission.RUN_START)
    if in_force.version_id is not None:
        return in_force.version_id
    return _add(in_force.rules, note="Shipped with Kith", user_id=None).pk


def _add(rules: RuleSet, *, note: str, user_id: int | None) -> MatchingRules:
    return MatchingRules.objects.create(rules=as_stored(rules), note=note, saved_by_id=user_id)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
