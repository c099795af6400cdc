"""Keeping the rules: what is older than they say goes, rule by rule."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from psycopg import errors

from kith.access.actors import PRIVACY_ENGINE, Actor, require
from kith.access.cases import open_case
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel import clock
from kith.privacy.models import Erasure
from kith.privacy.retention.sections import (
    CONTACTS,
    Rule,
    is_too_many,
    retained,
    rules_in_force,
    simulated_together,
)
from kith.privacy.scheduled.actions import order_batch
from kith.privacy.scheduled.eligible import eligible
from kith.privacy.scheduled.sections import schedule_in_force
from kith.privacy.sections import anonymisation_in_force

log = logging.getLogger(__name__)


class NotKept(Exception):
    """Some rules could not be kept; the job fails with their names."""


def keep_rules(*, actor: Actor = PRIVACY_ENGINE) -> Mapping[str, int]:
    """How many went, by what they are about. A rule that fails keeps none of the others from being kept;
    NotKept at the end then."""
    require(actor, Permission.CONTACT_ANONYMISE)
    rules = rules_in_force()
    kept, failed = Counter[str](), []
    works: list[tuple[str, Callable[[], int]]] = [
        (rule.what, partial(_removed, rule)) for rule in rules if not rule.is_of_contacts
    ]
    works.append((CONTACTS, partial(_ordered, [rule for rule in rules if rule.is_of_contacts], actor=actor)))
    for what, work in works:
        try:
            kept[what] += _noted(what, work, by=actor)
        except Exception as error:
            if _is_gone(error):
                raise
            _tell(what, error)
            failed.append(what)
    if failed:
        raise NotKept(f"Retention rules could not be kept: {', '.join(failed)}")
    return {what: number for what, number in kept.items() if number}


@transaction.atomic
def _noted(what: str, work: Callable[[], int], *, by: Actor) -> int:
    number = work()
    if number:
        journal.record("RetentionKept", by=by, subject_type="retention", detail={what: number})
    return number


def _is_gone(error: Exception) -> bool:
    """The database, for all of them."""
    return isinstance(error, OperationalError | InterfaceError) and not isinstance(
        error.__cause__, _OF_ONE_STATEMENT
    )


_OF_ONE_STATEMENT: Final = (
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.SerializationFailure,
)


def _tell(what: str, error: Exception) -> None:
    """Not its text, which may quote a row."""
    log.error("the retention rule for %s failed: %s", what, type(error).__name__)


def _removed(rule: Rule) -> int:
    return retained()[rule.what].removes(rule.ends_before(clock.now()))


def _ordered(rules: Sequence[Rule], *, actor: Actor) -> int:
    """None where more are due than may go at once, by all rules together: a person looks first."""
    if not rules or not anonymisation_in_force().is_enabled:
        return 0
    if is_too_many(simulated_together(rules)):
        open_case(kind=Erasure.SUBJECT, title=_TOO_MANY)
        return 0
    ordered, most = 0, schedule_in_force().most
    for rule in rules:
        found = eligible(whom=rule.whom, limit=most - ordered)
        ordered += order_batch(actor=actor, contact_ids=found, months=rule.keep)
    return ordered


_TOO_MANY: Final = (
    "The retention rules would anonymise more contacts than may go at once: none was ordered. Look at the"
    " page Retention rules."
)
"""Without numbers: while this is unresolved no other night opens a case of its own."""
