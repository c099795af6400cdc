"""Changes to the matching rules and models."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.grouping.models import Basis, MatchingGuards, MatchingModel, MatchingRules
from kith.grouping.recipe.guard_draft import problems as guards_wrong
from kith.grouping.recipe.versions import (
    RecipeInForce,
    RulesInForce,
    as_stored,
    guards_in_force,
    hold,
    model_in_force,
    rules_in_force,
    rules_of_version,
)
from kith.kernel.decision import Decision
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.matching.clusters import Guards
from kith.matching.evidence import EngineOptions
from kith.matching.figures import Figures
from kith.matching.model import Model
from kith.matching.model import validate as model_problems
from kith.matching.rules import RuleSet, validate
from kith.matching.shipped import shipped_model


@transaction.atomic
def save_matching_rules(
    *, actor: Actor, rules: RuleSet, note: str = "", based_on: int | None
) -> MatchingRules:
    """Save a new version, in force from the next run on.

    `based_on` is the version the editor began from: somebody else's newer version is never lost unseen.
    """
    require(actor, Permission.RULES_EDIT)
    hold()
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
    hold()
    if not MatchingRules.objects.filter(pk=version_id).exists():
        raise NotFound("There is no such version.")
    return save_matching_rules(
        actor=actor,
        rules=rules_of_version(version_id),
        note=f"Version {version_id} again",
        based_on=rules_in_force().version_id,
    )


@transaction.atomic
def save_guards(*, actor: Actor, guards: Guards, note: str = "", based_on: int | None) -> MatchingGuards:
    """Save a new version, in force from the next run on; `based_on` as with the rules."""
    require(actor, Permission.RULES_EDIT)
    hold()
    if guards_in_force().version_id != based_on:
        raise Conflict("Somebody saved other guards meanwhile. Nothing of yours was saved.")
    Decision(guards_wrong(guards)).or_raise()
    saved = MatchingGuards.objects.create(guards=asdict(guards), note=note, saved_by_id=actor.user_id)
    journal.record("MatchingGuardsSaved", by=actor, subject_type="matching_guards", subject_id=saved.pk)
    return saved


@transaction.atomic
def number_rules(*, actor: Actor, in_force: RulesInForce) -> int:
    """The version number evidence refers to; the shipped rules get theirs when first used."""
    require(actor, Permission.RUN_START)
    if in_force.version_id is not None:
        return in_force.version_id
    return _add(in_force.rules, note="Shipped with Kith", user_id=None).pk


@transaction.atomic
def keep_basis(
    *,
    actor: Actor,
    in_force: RecipeInForce,
    figures: Figures,
    options: EngineOptions,
    records: int,
    run_id: int,
) -> Basis:
    """What the evidence written in this transaction was made with takes the place of what was before."""
    require(actor, Permission.RUN_START)
    rules = RulesInForce(in_force.recipe.rules, in_force.rules_version_id)
    rules_version_id = number_rules(actor=actor, in_force=rules)
    Basis.objects.all().delete()
    return Basis.objects.create(
        recipe_version=in_force.recipe.version,
        rules_version_id=rules_version_id,
        person_model_id=in_force.person_model_id,
        company_model_id=in_force.company_model_id,
        max_block_size=options.max_block_size,
        records=records,
        figures=figures.to_bytes(),
        run_id=run_id,
    )


@transaction.atomic
def save_model_draft(
    *, actor: Actor, model: Model, note: str = "", report: object = None, based_on: int | None
) -> MatchingModel:
    """A draft decides nothing until it is published. `report`: what training found, as JSON.

    `based_on`: the model in force when the work on this one began; None for the shipped one.
    """
    require(actor, Permission.RULES_EDIT)
    hold()
    problems = model_problems(model)
    if problems:
        raise Refused(" ".join(problems))
    if based_on is not None and not MatchingModel.objects.filter(pk=based_on, kind=model.kind).exists():
        raise NotFound("There is no such version to begin from.")
    if model_in_force(model.kind).model.version == model.version:
        raise Refused("This is the model in force already: no number differs.")
    saved = _add_model(model, note=note, report=report, based_on=based_on, actor=actor)
    _record("MatchingModelSaved", saved, by=actor)
    return saved


@transaction.atomic
def publish_model(*, actor: Actor, model_id: int) -> MatchingModel:
    """The draft comes into force; the next run compares everything again."""
    require(actor, Permission.RULES_EDIT)
    hold()
    draft = _draft(model_id)
    if model_in_force(draft.kind).model_id != draft.based_on_id:
        raise Conflict(
            "Another model was published after this draft was begun. Nothing was published: "
            "compare the two, then edit this draft and save it again."
        )
    return _publish(draft, actor=actor)


@transaction.atomic
def put_in_force(*, actor: Actor, model_id: int) -> MatchingModel:
    """A draft is published whatever it was begun from, any other version restored. For callers that have
    seen to it that what is in force is what they take it for.
    """
    require(actor, Permission.RULES_EDIT)
    hold()
    found = MatchingModel.objects.select_for_update().filter(pk=model_id).first()
    if found is None:
        raise NotFound("There is no such version.")
    if found.state == MatchingModel.State.DRAFT:
        return _publish(found, actor=actor)
    return _restore(Model.from_json(found.body), note=f"Version {found.pk} again", actor=actor)


@transaction.atomic
def discard_draft(*, actor: Actor, model_id: int) -> MatchingModel:
    """It stays readable, and can be the beginning of another."""
    require(actor, Permission.RULES_EDIT)
    hold()
    draft = _draft(model_id)
    draft.state = MatchingModel.State.RETIRED
    draft.save(update_fields=["state"])
    _record("MatchingModelDiscarded", draft, by=actor)
    return draft


@transaction.atomic
def restore_model(*, actor: Actor, model_id: int) -> MatchingModel:
    """A model that was in force once is in force again, as a new version."""
    require(actor, Permission.RULES_EDIT)
    hold()
    old = MatchingModel.objects.filter(pk=model_id).first()
    if old is None:
        raise NotFound("There is no such version.")
    if old.state != MatchingModel.State.RETIRED or old.published_at is None:
        raise Refused("Only a version that was in force once can be restored.")
    return _restore(Model.from_json(old.body), note=f"Version {old.pk} again", actor=actor)


@transaction.atomic
def restore_shipped_model(*, actor: Actor, kind: str) -> MatchingModel:
    """The model Kith ships is in force again, as a new version."""
    require(actor, Permission.RULES_EDIT)
    hold()
    if model_in_force(kind).model == shipped_model(kind):
        raise Refused("The model that came with Kith is in force already.")
    return _restore(shipped_model(kind), note="As it came with Kith", actor=actor)


def _restore(model: Model, *, note: str, actor: Actor) -> MatchingModel:
    before = model_in_force(model.kind).model_id
    return _publish(_add_model(model, note=note, report=None, based_on=before, actor=actor), actor=actor)


def _publish(draft: MatchingModel, *, actor: Actor) -> MatchingModel:
    in_force = MatchingModel.objects.filter(kind=draft.kind, state=MatchingModel.State.PUBLISHED)
    in_force.update(state=MatchingModel.State.RETIRED)
    draft.state, draft.published_at = MatchingModel.State.PUBLISHED, timezone.now()
    draft.published_by_id = actor.user_id
    draft.save(update_fields=["state", "published_at", "published_by"])
    _record("MatchingModelPublished", draft, by=actor)
    return draft


def _draft(model_id: int) -> MatchingModel:
    found = MatchingModel.objects.select_for_update().filter(pk=model_id).first()
    if found is None:
        raise NotFound("There is no such version.")
    if found.state != MatchingModel.State.DRAFT:
        raise Refused("This version is no draft any more.")
    return found


def _add_model(
    model: Model, *, note: str, report: object, based_on: int | None, actor: Actor
) -> MatchingModel:
    return MatchingModel.objects.create(
        kind=model.kind,
        body=model.to_json(),
        version=model.version,
        note=note,
        report=report,
        based_on_id=based_on,
        saved_by_id=actor.user_id,
    )


def _record(event: str, model: MatchingModel, *, by: Actor) -> None:
    detail = {"kind": model.kind, "version": model.version}
    journal.record(event, by=by, subject_type="matching_model", subject_id=model.pk, detail=detail)


def _add(rules: RuleSet, *, note: str, user_id: int | None) -> MatchingRules:
    return MatchingRules.objects.create(rules=as_stored(rules), note=note, saved_by_id=user_id)
