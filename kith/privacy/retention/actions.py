"""Keeping the rules: what is older than they say goes, rule by rule."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Final

from django.db import InterfaceError, OperationalError

from kith.access.actors import PRIVACY_ENGINE, Actor, require
from kith.access.cases import open_case
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel import clock
from kith.privacy.models import Erasure
from kith.privacy.retention.sections import Rule, is_too_many, retained, rules_in_force
from kith.privacy.scheduled.actions import order_batch
from kith.privacy.scheduled.eligible import eligible, simulated
from kith.privacy.scheduled.sections import schedule_in_force
from kith.privacy.sections import anonymisation_in_force

log = logging.getLogger(__name__)


class NotKept(Exception):
    """Some rules could not be kept; the job fails with their names."""


def keep_rules(*, actor: Actor = PRIVACY_ENGINE) -> Mapping[str, int]:
    """How many went, by what they are about. A rule that fails keeps none of the others from being kept;
    NotKept at the end then."""
    require(actor, Permission.CONTACT_ANONYMISE)
    gone, failed = Counter[str](), []
    for rule in rules_in_force():
        try:
            gone[rule.what] += _kept(rule, actor=actor)
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError):
                raise
            _tell(rule, error)
            failed.append(rule.what)
    kept = {what: number for what, number in gone.items() if number}
    if kept:
        journal.record("RetentionKept", by=actor, subject_type="retention", detail=kept)
    if failed:
        raise NotKept(f"Retention rules could not be kept: {', '.join(failed)}")
    return kept


def _tell(rule: Rule, error: Exception) -> None:
    """Not its text, which may quote a row."""
    log.error("the retention rule for %s failed: %s", rule.what, type(error).__name__)


def _kept(rule: Rule, *, actor: Actor) -> int:
    if rule.is_of_contacts:
        return _ordered(rule, actor=actor)
    return retained()[rule.what].removes(rule.ends_before(clock.now()))


def _ordered(rule: Rule, *, actor: Actor) -> int:
    """None where more are due than may go at once: a person looks first."""
    if not anonymisation_in_force().is_enabled:
        return 0
    if is_too_many(simulated(whom=rule.whom)):
        open_case(kind=Erasure.SUBJECT, title=_TOO_MANY)
        return 0
    found = eligible(whom=rule.whom, limit=schedule_in_force().most)
    return order_batch(actor=actor, contact_ids=found, months=rule.keep)


_TOO_MANY: Final = (
    "A retention rule would anonymise more contacts than may go at once: none was ordered. Look at the page"
    " Retention rules."
)
"""Without numbers: while this is unresolved no other night opens a case of its own."""
