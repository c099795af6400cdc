"""Matching rules: everybody sees them, power users edit, try and save them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.models import User
from kith.audit.models import Entry
from kith.grouping.models import MatchingRules
from kith.grouping.recipe import actions
from kith.grouping.recipe import rule_draft as draft
from kith.grouping.recipe.versions import rules_in_force
from kith.kernel.errors import Conflict, NotAllowed, Refused
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet
from tests.claims import claim

ClientOf = Callable[[User], Client]
Form = dict[str, str | list[str]]


def form_of(rules: RuleSet, **more: str) -> Form:
    """What a browser would send for these rules."""
    form: Form = {"based_on": "", **more}
    for kind in draft.KINDS:
        of_kind = rules.of_kind(kind)
        form[kind] = [str(t) for t in range(len(of_kind))]
        for t, rule in enumerate(of_kind):
            form[f"{kind}.{t}.name"] = rule.name
            form[f"{kind}.{t}.verdict"] = rule.verdict.value
            if rule.enabled:
                form[f"{kind}.{t}.enabled"] = "on"
            form[f"{kind}.{t}.criterion"] = [str(c) for c in range(len(rule.criteria))]
            for c, criterion in enumerate(rule.criteria):
                form[f"{kind}.{t}.{c}.field"] = criterion.field.value
                form[f"{kind}.{t}.{c}.comparison"] = criterion.comparison.value
                if criterion.threshold is not None:
                    form[f"{kind}.{t}.{c}.threshold"] = f"{criterion.threshold:g}"
    return form


EMAIL_ALONE = RuleSet(person=(Rule("E-mail alone", (Criterion(Field.EMAIL),)),), company=())


def test_k7_everybody_sees_the_rules_in_order_and_only_power_users_may_edit(
    viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(viewer)
    page = browser.get("/matching-rules/").text
    assert page.index("E-mail and last name") < page.index("Name and address")
    assert "last name similar (at least 0.92)" in page
    assert "/matching-rules/edit/" not in page
    assert browser.get("/matching-rules/edit/").status_code == 403
    for verb in ("change", "try", "save"):
        assert browser.post(f"/matching-rules/edit/{verb}/", form_of(EMAIL_ALONE)).status_code == 403
    assert not MatchingRules.objects.exists()


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/matching-rules/").status_code == 302


def test_what_the_editor_shows_saves_as_the_same_rules(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert browser.get("/matching-rules/edit/").status_code == 200
    answer = browser.post("/matching-rules/edit/save/", form_of(RuleSet.shipped(), note="as it was"))
    assert answer.status_code == 302
    assert rules_in_force().rules == RuleSet.shipped()
    assert draft.mended(RuleSet.shipped()) == RuleSet.shipped()
    assert Entry.objects.filter(event="MatchingRulesSaved", user=power_user).count() == 1
    assert "as it was" in browser.get("/matching-rules/").text


def test_the_order_of_the_form_is_the_order_of_the_rules(power_user: User, client_of: ClientOf) -> None:
    form = form_of(RuleSet.shipped())
    assert isinstance(form["person"], list)
    form["person"] = list(reversed(form["person"]))
    client_of(power_user).post("/matching-rules/edit/save/", form)
    ranked = [rule for rule in RuleSet.shipped().person if not draft.is_never(rule)]
    saved = [rule for rule in rules_in_force().rules.person if not draft.is_never(rule)]
    assert saved == list(reversed(ranked))


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("up:person:1", ["B", "A", "C"]),
        ("down:person:1", ["A", "C", "B"]),
        ("up:person:0", ["A", "B", "C"]),
        ("remove:person:2", ["A", "B"]),
        ("add:person", ["A", "B", "C", "New rule 1"]),
        ("remove:person:9", ["A", "B", "C"]),
        ("dance:person:1", ["A", "B", "C"]),
        ("up:horses:1", ["A", "B", "C"]),
        ("", ["A", "B", "C"]),
    ],
)
def test_buttons_change_the_draft_and_save_nothing(
    power_user: User, client_of: ClientOf, order: str, names: list[str]
) -> None:
    rules = RuleSet(person=tuple(Rule(name, (Criterion(Field.EMAIL),)) for name in "ABC"), company=())
    answer = client_of(power_user).post("/matching-rules/edit/change/", form_of(rules, do=order))
    assert answer.status_code == 200
    assert [shown.rule.name for shown in answer.context["kinds"][0].rules] == names
    assert not MatchingRules.objects.exists()


def test_criteria_are_added_and_removed(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    longer = browser.post("/matching-rules/edit/change/", form_of(EMAIL_ALONE, do="add-criterion:person:0"))
    rule = longer.context["kinds"][0].rules[0].rule
    assert [criterion.field for criterion in rule.criteria] == [Field.EMAIL, Field.PHONE]
    both = RuleSet(person=(rule,), company=())
    shorter = browser.post("/matching-rules/edit/change/", form_of(both, do="remove-criterion:person:0:0"))
    left = shorter.context["kinds"][0].rules[0].rule.criteria
    assert [criterion.field for criterion in left] == [Field.PHONE]


def test_only_comparisons_that_fit_the_field_are_offered(power_user: User, client_of: ClientOf) -> None:
    similar_date = Criterion(Field.BIRTH_DATE, Comparison.SIMILAR, 0.9)
    rules = RuleSet(person=(Rule("Born", (similar_date,)),), company=())
    answer = client_of(power_user).post("/matching-rules/edit/change/", form_of(rules))
    shown = answer.context["kinds"][0].rules[0].criteria[0]
    assert [choice.value for choice in shown.comparisons] == ["exact", "near_date", "different"]
    assert shown.thresholds == []


def test_every_problem_is_told_at_once_and_the_draft_stays(power_user: User, client_of: ClientOf) -> None:
    rules = RuleSet(
        person=(Rule("Twice", (Criterion(Field.EMAIL),)), Rule("twice", (Criterion(Field.PHONE),))),
        company=(Rule("Nothing", ()),),
    )
    answer = client_of(power_user).post("/matching-rules/edit/save/", form_of(rules, note="kept"))
    assert answer.status_code == 422
    assert "Two person rules are named" in answer.text
    assert "it would join everybody" in answer.text
    assert 'value="kept"' in answer.text
    assert not MatchingRules.objects.exists()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"person.0.0.field": "shoe_size"},
        {"person.0.0.comparison": "first_letters", "person.0.0.threshold": "nan"},
        {"person.0.0.comparison": "first_letters", "person.0.0.threshold": "inf"},
    ],
)
def test_nonsense_in_the_form_is_refused_in_words(
    power_user: User, client_of: ClientOf, nonsense: dict[str, str]
) -> None:
    browser = client_of(power_user)
    for address in ("save", "change"):
        answer = browser.post(f"/matching-rules/edit/{address}/", form_of(EMAIL_ALONE) | nonsense)
        assert answer.status_code == 422
        assert "not understood" in answer.text


def test_two_browsers_editing_the_rules_never_lose_the_first_one_s_work(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    browser.post("/matching-rules/edit/save/", form_of(EMAIL_ALONE))
    second = browser.post("/matching-rules/edit/save/", form_of(RuleSet.shipped()))
    assert second.status_code == 422
    assert "Somebody saved the matching rules" in second.text
    assert rules_in_force().rules == EMAIL_ALONE


def test_an_earlier_version_is_restored_as_a_new_one(power_user: User, client_of: ClientOf) -> None:
    first = actions.save_matching_rules(actor=power_user.actor, rules=EMAIL_ALONE, based_on=None)
    actions.save_matching_rules(actor=power_user.actor, rules=RuleSet.shipped(), based_on=first.pk)
    browser = client_of(power_user)
    assert "E-mail alone" in browser.get(f"/matching-rules/{first.pk}/").text
    browser.post(f"/matching-rules/{first.pk}/restore/")
    assert rules_in_force().rules == EMAIL_ALONE
    assert MatchingRules.objects.count() == 3
    assert browser.post("/matching-rules/9999/restore/").status_code == 404
    assert browser.get("/matching-rules/9999/").status_code == 404


def test_the_action_itself_asks_for_the_permission_and_the_rules(steward: User, power_user: User) -> None:
    with pytest.raises(NotAllowed):
        actions.save_matching_rules(actor=steward.actor, rules=EMAIL_ALONE, based_on=None)
    with pytest.raises(Refused, match="join everybody"):
        actions.save_matching_rules(
            actor=power_user.actor, rules=RuleSet(person=(Rule("All", ()),), company=()), based_on=None
        )
    with pytest.raises(Conflict):
        actions.save_matching_rules(actor=power_user.actor, rules=EMAIL_ALONE, based_on=7)


def test_the_versions_are_listed_in_a_fixed_number_of_queries(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    last = actions.save_matching_rules(actor=power_user.actor, rules=EMAIL_ALONE, based_on=None)
    with CaptureQueriesContext(connection) as few:
        browser.get("/matching-rules/")
    for _ in range(8):
        last = actions.save_matching_rules(actor=power_user.actor, rules=EMAIL_ALONE, based_on=last.pk)
    with CaptureQueriesContext(connection) as many:
        browser.get("/matching-rules/")
    assert len(few) == len(many)


@pytest.mark.slow
def test_try_it_tells_pairs_groups_and_examples_and_changes_nothing(
    power_user: User, client_of: ClientOf
) -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="home@example.com")
    claim("SHOP", "A", first_name="Tomasz", last_name="Kowalski", email_1="home@example.com")
    claim("SHOP", "B", first_name="Petros", last_name="Nikolaou", email_1="p@example.com")
    answer = client_of(power_user).post("/matching-rules/edit/try/", form_of(EMAIL_ALONE))
    tried = answer.context["tried"]
    assert (tried.groups_now, tried.groups_then, tried.pairs_then) == (3, 2, 1)
    assert "1 fewer contact" in answer.text
    assert "Tomasz Kowalski" in answer.text
    assert not MatchingRules.objects.exists()


@pytest.mark.slow
def test_try_it_takes_a_sample_of_whole_contacts_when_there_are_many(power_user: User) -> None:
    from kith.grouping.recipe.trying import try_out

    for number in range(10):
        claim("TICKETS", str(number), first_name="Eleni", last_name="Reid")
    tried = try_out(EMAIL_ALONE, actor=power_user.actor, most=5)
    assert tried.is_sample
    assert tried.records == 5
    assert tried.of == 10


def test_try_it_with_rules_that_cannot_be_says_why(power_user: User, client_of: ClientOf) -> None:
    rules = RuleSet(person=(Rule("All", ()),), company=())
    assert client_of(power_user).post("/matching-rules/edit/try/", form_of(rules)).status_code == 422
