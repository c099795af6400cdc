"""Matching models: drafts, what is in force, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access.models import User
from kith.audit.models import Entry
from kith.grouping.models import MatchingModel
from kith.grouping.recipe import actions
from kith.grouping.recipe.versions import model_in_force, recipe_in_force
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.matching.evidence import Recipe
from kith.matching.model import Model
from kith.matching.records import COMPANY, PERSON
from kith.matching.shipped import shipped_model

SHIPPED = shipped_model(PERSON)
STRICT = replace(SHIPPED, group_at=11.0)
STRICTER = replace(SHIPPED, group_at=13.0)


def drafted(user: User, model: Model = STRICT, *, based_on: int | None = None) -> MatchingModel:
    return actions.save_model_draft(actor=user.actor, model=model, note="stricter", based_on=based_on)


def test_before_anything_was_published_the_shipped_recipe_is_in_force(db: None) -> None:
    found = recipe_in_force()
    assert found.recipe == Recipe.shipped()
    assert (found.rules_version_id, found.person_model_id, found.company_model_id) == (None, None, None)


def test_a_draft_decides_nothing_until_it_is_published(power_user: User) -> None:
    draft = drafted(power_user)
    assert model_in_force(PERSON).model == SHIPPED
    actions.publish_model(actor=power_user.actor, model_id=draft.pk)
    found = recipe_in_force()
    assert (found.recipe.person, found.person_model_id) == (STRICT, draft.pk)
    assert found.recipe.company == shipped_model(COMPANY)
    draft.refresh_from_db()
    assert (draft.state, draft.published_by) == ("published", power_user)
    events = Entry.objects.filter(subject_type="matching_model", subject_id=draft.pk).order_by("pk")
    assert [one.event for one in events] == ["MatchingModelSaved", "MatchingModelPublished"]
    assert events[0].detail == {"kind": "person", "version": STRICT.version}


def test_the_recipe_in_force_costs_three_queries(power_user: User) -> None:
    actions.publish_model(actor=power_user.actor, model_id=drafted(power_user).pk)
    with CaptureQueriesContext(connection) as asked:
        recipe_in_force()
    assert len(asked) == 3


def test_of_two_drafts_begun_together_the_second_is_not_published_unseen(power_user: User) -> None:
    first, second = drafted(power_user), drafted(power_user, STRICTER)
    actions.publish_model(actor=power_user.actor, model_id=first.pk)
    with pytest.raises(Conflict, match="Another model was published"):
        actions.publish_model(actor=power_user.actor, model_id=second.pk)
    again = drafted(power_user, STRICTER, based_on=first.pk)
    actions.publish_model(actor=power_user.actor, model_id=again.pk)
    first.refresh_from_db()
    assert first.state == "retired"
    assert model_in_force(PERSON).model == STRICTER


def test_every_version_is_kept_and_an_earlier_one_is_restored_as_a_new_one(power_user: User) -> None:
    first = actions.publish_model(actor=power_user.actor, model_id=drafted(power_user).pk)
    second = drafted(power_user, STRICTER, based_on=first.pk)
    actions.publish_model(actor=power_user.actor, model_id=second.pk)
    restored = actions.restore_model(actor=power_user.actor, model_id=first.pk)
    assert model_in_force(PERSON).model == STRICT
    assert (MatchingModel.objects.count(), restored.note) == (3, f"Version {first.pk} again")
    actions.restore_shipped_model(actor=power_user.actor, kind=PERSON)
    assert model_in_force(PERSON).model == SHIPPED
    with pytest.raises(Refused, match="in force already"):
        actions.restore_shipped_model(actor=power_user.actor, kind=PERSON)


def test_a_discarded_draft_stays_readable_and_is_neither_published_nor_restored(power_user: User) -> None:
    draft = actions.discard_draft(actor=power_user.actor, model_id=drafted(power_user).pk)
    assert MatchingModel.objects.get().state == "retired"
    with pytest.raises(Refused, match="no draft any more"):
        actions.publish_model(actor=power_user.actor, model_id=draft.pk)
    with pytest.raises(Refused, match="was in force once"):
        actions.restore_model(actor=power_user.actor, model_id=draft.pk)
    assert Entry.objects.filter(event="MatchingModelDiscarded").count() == 1


def test_what_cannot_be_a_model_or_changes_nothing_is_refused(power_user: User) -> None:
    with pytest.raises(Refused, match="at least 'review from'"):
        drafted(power_user, replace(SHIPPED, review_at=49.0))
    with pytest.raises(Refused, match="in force already"):
        drafted(power_user, SHIPPED)
    with pytest.raises(NotFound):
        drafted(power_user, based_on=99)
    for action in (actions.publish_model, actions.discard_draft, actions.restore_model):
        with pytest.raises(NotFound):
            action(actor=power_user.actor, model_id=99)
    assert not MatchingModel.objects.exists()


def test_only_those_who_may_edit_rules_change_models(steward: User, power_user: User) -> None:
    draft = drafted(power_user)
    attempts: list[Callable[[], object]] = [
        lambda: drafted(steward),
        lambda: actions.publish_model(actor=steward.actor, model_id=draft.pk),
        lambda: actions.discard_draft(actor=steward.actor, model_id=draft.pk),
        lambda: actions.restore_model(actor=steward.actor, model_id=draft.pk),
        lambda: actions.restore_shipped_model(actor=steward.actor, kind=PERSON),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert MatchingModel.objects.get().state == "draft"
