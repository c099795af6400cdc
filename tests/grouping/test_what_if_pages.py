"""Shadow runs on pages: who may start, see, cancel and publish them; known pairs."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.golden.models import GoldenRules as GoldenVersion
from kith.golden.rules import Rules as GoldenRules
from kith.golden.versions import rules_in_force as golden_in_force
from kith.grouping.models import KnownPair, MatchingGuards, MatchingModel, MatchingRules, WhatIf
from kith.grouping.recipe.actions import save_matching_rules
from kith.grouping.recipe.versions import recipe_in_force, rules_in_force
from kith.grouping.what_if import actions
from kith.grouping.what_if.actions import PairSaid
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.result import LABELS
from kith.kernel.errors import Conflict, NotAllowed, Refused
from kith.matching.evidence import Recipe
from kith.sources.models import SourceRecord
from tests.claims import claim
from tests.grouping.what_if_stores import BY_PHONE, LOOSE, NEWEST_EMAIL, NO_RULES, generous, overnight, tried
from tests.locks import wait_until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ClientOf = Callable[[User], Client]
HOME = "/what-if/"
FORM = {
    "rules": "",
    "golden": "",
    "person_model": "",
    "company_model": "",
    "bridge_at": "8.0",
    "most_records": "100",
}


@pytest.fixture
def family() -> list[SourceRecord]:
    """Two who share a phone and nothing else, and one beside them."""
    one = claim("SHOP", "A", first_name="Eleni", last_name="Reid", phone_1="+35799123456", email_1="e@x.org")
    two = claim("CLUB", "B", first_name="Marios", last_name="Christou", phone_1="+35799123456")
    three = claim("SHOP", "C", first_name="Anna", last_name="Nikolaou", phone_1="+35796784521")
    overnight()
    return [one, two, three]


def test_a_shadow_run_counts_what_joins_and_shows_both_golden_records(
    family: list[SourceRecord], viewer: User, client_of: ClientOf
) -> None:
    made, result = tried(Candidate(rules=BY_PHONE))
    assert (result.counts.contacts_now, result.counts.contacts_then, result.counts.joined) == (3, 2, 1)
    browser = client_of(viewer)
    page = browser.get(f"{HOME}{made.pk}/").text
    assert "3 contacts become 2" in page
    assert f"{HOME}{made.pk}/examples/joined/" in page
    watching = browser.get(f"{HOME}{made.pk}/", headers={"HX-Request": "true"})
    assert watching["HX-Refresh"] == "true"
    assert "Publish…" not in page
    shown = browser.get(f"{HOME}{made.pk}/examples/joined/").text
    assert "Eleni Reid" in shown
    assert "Marios Christou" in shown
    assert "Bit by bit" in shown
    left, right = sorted(one.pk for one in family[:2])
    bits = browser.get(f"{HOME}{made.pk}/pair/{left}/{right}/").text
    assert "In force" in bits
    assert "Same phone" in bits
    assert "Eleni" not in str(WhatIf.objects.get(pk=made.pk).result)


def test_publishing_makes_the_very_rules_that_were_tried_and_restoring_puts_the_old_back(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    made, _ = tried(Candidate(rules=BY_PHONE, guards=LOOSE, golden=NEWEST_EMAIL))
    browser = client_of(power_user)
    assert browser.post(f"{HOME}{made.pk}/publish/").status_code == 302
    assert rules_in_force().rules == BY_PHONE
    assert recipe_in_force().recipe.guards == LOOSE
    assert golden_in_force() == NEWEST_EMAIL
    assert Entry.objects.filter(event="WhatIfPublished").count() == 1
    assert browser.post(f"{HOME}{made.pk}/publish/").status_code == 422
    first = MatchingRules.objects.order_by("pk").first()
    assert first is not None
    browser.post(f"/matching-rules/{first.pk}/restore/")
    assert rules_in_force().rules != BY_PHONE


def test_a_model_is_published_as_it_was_tried(power_user: User, family: list[SourceRecord]) -> None:
    model_id = generous()
    made, _ = tried(Candidate(person_model_id=model_id))
    actions.publish_what_if(actor=power_user.actor, what_if_id=made.pk)
    assert MatchingModel.objects.get(pk=model_id).state == MatchingModel.State.PUBLISHED


def test_publishing_is_refused_when_something_else_came_into_force_meanwhile(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    made, _ = tried(Candidate(rules=BY_PHONE))
    base = rules_in_force().version_id
    save_matching_rules(actor=COMMAND_LINE, rules=NO_RULES, based_on=base)
    with pytest.raises(Conflict, match="came into force after"):
        actions.publish_what_if(actor=power_user.actor, what_if_id=made.pk)
    browser = client_of(power_user)
    page = browser.get(f"{HOME}{made.pk}/").text
    assert "Stale" in page
    assert "Publish…" not in page
    answer = browser.post(f"{HOME}{made.pk}/publish/")
    assert answer.status_code == 409
    assert "Nothing was published" in answer.text
    assert rules_in_force().rules == NO_RULES


def test_a_result_is_stale_once_a_claim_changed(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    made, _ = tried(Candidate(rules=BY_PHONE))
    browser = client_of(power_user)
    assert "Stale" not in browser.get(f"{HOME}{made.pk}/").text
    claim("SHOP", "D", first_name="New", last_name="Person")
    page = browser.get(f"{HOME}{made.pk}/").text
    assert "Stale" in page
    assert "Publish…" in page


def test_the_editors_start_shadow_runs_and_save_nothing(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    editor = browser.get("/matching-rules/edit/").text
    assert "/matching-rules/edit/what-if/" in editor
    form = {
        "person": ["0"],
        "person.0.name": "Same phone",
        "person.0.enabled": "1",
        "person.0.verdict": "group",
        "person.0.criterion": ["0"],
        "person.0.0.field": "phone",
        "person.0.0.comparison": "exact",
        "note": "By phone",
    }
    versions = MatchingRules.objects.count()
    assert browser.post("/matching-rules/edit/what-if/", form).status_code == 302
    assert MatchingRules.objects.count() == versions
    assert WhatIf.objects.get().note == "By phone"
    assert browser.post("/matching-rules/edit/what-if/", {"person": ["0"]}).status_code == 422
    assert "/golden-rules/edit/what-if/" in browser.get("/golden-rules/edit/").text
    golden = {"name": ["0"], "name.0.by": "completeness", "name.0.order": "desc"}
    assert browser.post("/golden-rules/edit/what-if/", golden).status_code == 302
    assert not GoldenVersion.objects.exists()
    model_id = generous()
    assert (
        f"/matching-rules/model/{model_id}/what-if/" in browser.get(f"/matching-rules/model/{model_id}/").text
    )
    assert browser.post(f"/matching-rules/model/{model_id}/what-if/").status_code == 302
    assert WhatIf.objects.count() == 3


def test_any_combination_is_tried_from_the_form(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    earlier, _ = tried(Candidate(rules=BY_PHONE))
    browser = client_of(power_user)
    assert f"tried-{earlier.pk}" in browser.get(f"{HOME}new/").text
    nothing = browser.post(f"{HOME}start/", FORM)
    assert nothing.status_code == 422
    assert "Nothing differs" in nothing.text
    said = FORM | {"rules": f"tried-{earlier.pk}", "person_group_at": "4", "most_records": "50"}
    assert browser.post(f"{HOME}start/", said).status_code == 302
    candidate = Candidate.from_json(WhatIf.objects.latest("pk").candidate)
    assert candidate.rules == BY_PHONE
    assert candidate.guards is not None
    assert candidate.guards.most_records == 50
    assert candidate.person_model_id is not None
    assert MatchingModel.objects.get(pk=candidate.person_model_id).state == MatchingModel.State.DRAFT
    assert not MatchingGuards.objects.exists()
    for wrong in (
        {"rules": "tried-x"},
        {"bridge_at": "many"},
        {"person_group_at": "-"},
        {"person_model": "9"},
    ):
        assert browser.post(f"{HOME}start/", FORM | wrong).status_code == 422


def test_a_form_that_is_refused_comes_back_as_it_was_sent_and_leaves_no_draft(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    model_id = generous()
    browser = client_of(power_user)
    drafts = MatchingModel.objects.count()
    sent = FORM | {
        "person_model": str(model_id),
        "person_group_at": "4",
        "company_review_at": "few",
        "details_alone": "1",
    }
    answer = browser.post(f"{HOME}start/", sent)
    assert answer.status_code == 422
    assert "Model of companies, review from: write a number of bits" in answer.text
    assert f'<option value="{model_id}" selected>' in answer.text
    assert 'name="person_group_at" inputmode="decimal" value="4"' in answer.text
    assert 'name="details_alone" value="1" checked' in answer.text
    assert 'name="names_alone" value="1">' in answer.text
    assert MatchingModel.objects.count() == drafts


def test_thresholds_with_many_digits_are_left_alone(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    model_id = generous(group_at=9.87654321)
    made, _ = tried(Candidate(person_model_id=model_id))
    actions.publish_what_if(actor=power_user.actor, what_if_id=made.pk)
    browser = client_of(power_user)
    shown = re.findall(
        r'name="(\w+_at)" inputmode="decimal" value="([^"]*)"', browser.get(f"{HOME}new/").text
    )
    said = dict(shown) | {"most_records": "50"}
    assert said["person_group_at"] == "9.87654321"
    assert browser.post(f"{HOME}start/", said).status_code == 302
    assert Candidate.from_json(WhatIf.objects.latest("pk").candidate).model_ids == ()


def test_what_is_in_force_anyway_is_not_tried(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    same = Candidate(rules=rules_in_force().rules, golden=golden_in_force())
    with pytest.raises(Refused, match="othing differs"):
        actions.start_what_if(actor=power_user.actor, candidate=same)
    made = actions.start_what_if(actor=power_user.actor, candidate=replace(same, guards=LOOSE))
    assert list(made.candidate) == ["guards"]


def test_golden_rules_that_cannot_be_tried_come_back_in_their_editor(
    power_user: User, client_of: ClientOf
) -> None:
    twice = {
        "name": ["0", "1"],
        "name.0.by": "completeness",
        "name.0.order": "desc",
        "name.1.by": "completeness",
        "name.1.order": "desc",
        "note": "Twice",
    }
    answer = client_of(power_user).post("/golden-rules/edit/what-if/", twice)
    assert answer.status_code == 422
    assert 'name="name.1.by"' in answer.text
    assert 'value="Twice"' in answer.text


def test_publishing_waits_for_whoever_is_publishing_and_then_is_refused(
    family: list[SourceRecord], power_user: User
) -> None:
    made, _ = tried(Candidate(guards=LOOSE))

    def publish() -> str:
        try:
            actions.publish_what_if(actor=power_user.actor, what_if_id=made.pk)
        except Conflict as conflict:
            return conflict.message
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            save_matching_rules(actor=COMMAND_LINE, rules=NO_RULES, based_on=rules_in_force().version_id)
            published = other.submit(publish)
            wait_until_somebody_waits()
        assert "came into force after" in published.result(timeout=10)
    assert not MatchingGuards.objects.exists()


def test_earlier_guards_are_put_back(
    family: list[SourceRecord], power_user: User, client_of: ClientOf
) -> None:
    for guards in (LOOSE, replace(LOOSE, most_records=7)):
        made, _ = tried(Candidate(guards=guards))
        actions.publish_what_if(actor=power_user.actor, what_if_id=made.pk)
    first = MatchingGuards.objects.order_by("pk").first()
    assert first is not None
    browser = client_of(power_user)
    assert f"Version {first.pk}: weak below 0 bits, at most 3" in browser.get(f"{HOME}new/").text
    assert browser.post(f"{HOME}start/", FORM | {"guards": "999"}).status_code == 422
    for value, wanted in ((str(first.pk), LOOSE), ("shipped", Recipe.shipped().guards)):
        assert browser.post(f"{HOME}start/", FORM | {"guards": value}).status_code == 302
        assert Candidate.from_json(WhatIf.objects.latest("pk").candidate).guards == wanted


def test_strangers_readers_and_wrong_numbers(
    family: list[SourceRecord], viewer: User, power_user: User, client_of: ClientOf
) -> None:
    made, _ = tried(Candidate(rules=BY_PHONE))
    seen = (HOME, f"{HOME}{made.pk}/", f"{HOME}{made.pk}/examples/joined/", f"{HOME}known-pairs/")
    for address in seen:
        assert Client().get(address).status_code == 302
        assert client_of(viewer).get(address).status_code == 200
    reader = client_of(viewer)
    assert reader.get(f"{HOME}new/").status_code == 403
    for address in (
        f"{HOME}start/",
        f"{HOME}{made.pk}/cancel/",
        f"{HOME}{made.pk}/publish/",
        f"{HOME}known-pairs/add/",
        f"{HOME}known-pairs/decided/",
        f"{HOME}known-pairs/1/remove/",
        "/matching-rules/edit/what-if/",
        "/matching-rules/model/1/what-if/",
        "/golden-rules/edit/what-if/",
    ):
        assert Client().post(address).status_code == 302
        assert reader.post(address).status_code == 403
        assert client_of(power_user).get(address).status_code == 405
    browser = client_of(power_user)
    for address in ("999/", "999/examples/joined/", f"{made.pk}/examples/other/", f"{made.pk}/pair/1/2/"):
        assert browser.get(HOME + address).status_code == 404
    for address in ("999/cancel/", "999/publish/", "known-pairs/999/remove/"):
        assert browser.post(HOME + address).status_code == 404
    assert browser.post("/matching-rules/model/999/what-if/").status_code == 404
    with pytest.raises(NotAllowed):
        actions.start_what_if(actor=viewer.actor, candidate=Candidate(rules=BY_PHONE))


def test_every_kind_of_example_has_a_page(
    family: list[SourceRecord], viewer: User, client_of: ClientOf
) -> None:
    made, result = tried(Candidate(rules=BY_PHONE, golden=NEWEST_EMAIL))
    browser = client_of(viewer)
    for kind in (*LABELS, *result.examples):
        assert browser.get(f"{HOME}{made.pk}/examples/{kind}/").status_code == 200


def test_no_page_asks_more_where_there_is_more_to_show(
    viewer: User, client_of: ClientOf, power_user: User
) -> None:
    browser = client_of(viewer)
    counts = []
    for number in (1, 6):
        for one in range(number):
            phone = f"+3579912345{one}"
            claim("SHOP", f"{number}-{one}", first_name="Eleni", last_name="Reid", phone_1=phone)
            claim("CLUB", f"{number}-{one}", first_name="Marios", last_name="Christou", phone_1=phone)
        overnight()
        made, _ = tried(Candidate(rules=BY_PHONE))
        ids = list(SourceRecord.objects.order_by("pk").values_list("pk", flat=True))
        pairs = [PairSaid(left_id=ids[0], right_id=pk, same=True) for pk in ids[1:]]
        actions.add_known_pairs(actor=power_user.actor, pairs=pairs)
        asked = []
        for address in (
            HOME,
            f"{HOME}{made.pk}/",
            f"{HOME}{made.pk}/examples/joined/",
            f"{HOME}known-pairs/",
        ):
            browser.get(address)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert browser.get(address).status_code == 200
            asked.append(len(captured))
        counts.append(asked)
    assert counts[0] == counts[1]


def test_known_pairs_say_what_a_candidate_gets_right(
    family: list[SourceRecord], steward: User, viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(steward)
    said = {"left_source": "SHOP", "left_ref": "A", "right_source": "CLUB", "right_ref": "B"}
    assert browser.post(f"{HOME}known-pairs/add/", said | {"verdict": "different"}).status_code == 302
    again = {"left_source": "SHOP", "left_ref": "A", "right_source": "SHOP", "right_ref": "C"}
    assert browser.post(f"{HOME}known-pairs/add/", again | {"verdict": "same"}).status_code == 302
    for wrong in ({"right_ref": "nobody"}, {"right_ref": "A", "right_source": "SHOP"}, {"verdict": "x"}):
        assert browser.post(f"{HOME}known-pairs/add/", said | {"verdict": "same"} | wrong).status_code == 422
    made, result = tried(Candidate(rules=BY_PHONE))
    assert (result.different.pairs, result.different.right_now, result.different.right_then) == (1, 1, 0)
    assert (result.same.pairs, result.same.right_now, result.same.right_then) == (1, 0, 0)
    differing = KnownPair.objects.get(verdict="different")
    assert result.known_changed == (differing.pk,)
    assert differing.pk in result.known_wrong
    page = client_of(viewer).get(f"{HOME}{made.pk}/examples/changed/").text
    assert "Bit by bit" in page
    assert page.count("Wrong") == 1
    assert "Right" in client_of(viewer).get(f"{HOME}known-pairs/").text
    assert browser.post(f"{HOME}known-pairs/{differing.pk}/remove/").status_code == 302
    assert KnownPair.objects.count() == 1


def test_only_what_can_be_tried_is_tried(power_user: User, family: list[SourceRecord]) -> None:
    with pytest.raises(Refused, match="othing differs"):
        actions.start_what_if(actor=power_user.actor, candidate=Candidate())
    with pytest.raises(Refused, match="no model"):
        actions.start_what_if(actor=power_user.actor, candidate=Candidate(company_model_id=generous()))
    wrong = GoldenRules({"name": (*GoldenRules.shipped().of("name"),) * 2})
    with pytest.raises(Refused, match="stands twice"):
        actions.start_what_if(actor=power_user.actor, candidate=Candidate(golden=wrong))
