"""The matching model: everybody sees what is in force and what changed; power users edit, try and publish."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.models import User
from kith.grouping.models import MatchingModel
from kith.grouping.recipe import actions, model_draft
from kith.grouping.recipe.model_draft import ModelDraft
from kith.grouping.recipe.model_table import signed
from kith.grouping.recipe.versions import model_in_force
from kith.matching import model as matching
from kith.matching.records import COMPANY, PERSON
from kith.matching.shipped import shipped_model
from kith.matching.splink_json import to_splink
from kith.matching.words import odds_words
from tests.claims import claim

ClientOf = Callable[[User], Client]
Form = dict[str, str | list[str]]
MODEL = "/matching-rules/model/"
SHIPPED = shipped_model(PERSON)
GROUPED_NOW = f"{signed(SHIPPED.group_at)} bits ({odds_words(SHIPPED.group_at)})"
STRICT = replace(SHIPPED, group_at=11.0)


def form_of(draft: ModelDraft, **more: str) -> Form:
    """What a browser would send for this draft."""
    form: Form = {
        "based_on": "",
        "group_at": draft.group_at,
        "review_at": draft.review_at,
        "pairs_per_record": draft.pairs_per_record,
        "field": [one.field.value for one in draft.comparisons],
    }
    for one in draft.comparisons:
        field = one.field.value
        form[field] = [level.test.value for level in one.levels]
        form |= {f"{field}.on": "1"} if one.on else {}
        for n, level in enumerate(one.levels):
            said = {"m": level.m, "u": level.u, "bits": level.bits, "least": level.threshold}
            said |= {"on": "1" if level.on else "", "rare": "1" if level.by_frequency else ""}
            said |= {"size": "1" if level.by_size else ""}
            form |= {f"{field}.{n}.{name}": text for name, text in said.items() if text}
    return form | more


def shipped_form(**more: str) -> Form:
    return form_of(model_draft.of_model(SHIPPED), **more)


def drafted(user: User, model: matching.Model = STRICT, *, based_on: int | None = None) -> MatchingModel:
    return actions.save_model_draft(actor=user.actor, model=model, based_on=based_on)


def test_everybody_sees_the_model_in_words_and_only_power_users_may_edit(
    viewer: User, power_user: User, client_of: ClientOf
) -> None:
    draft, browser = drafted(power_user), client_of(viewer)
    page = browser.get(f"{MODEL}person/").text
    assert "birth dates with day and month swapped" in page
    assert "rare values say more" in page
    assert odds_words(SHIPPED.group_at) in page
    assert "/edit/" not in page
    assert "Same company name" not in page
    assert browser.get(f"{MODEL}company/").status_code == 200
    assert browser.get(f"{MODEL}{draft.pk}/").status_code == 200
    for address in ("person/edit/", "person/upload/"):
        assert browser.get(MODEL + address).status_code == 403
    for address in (
        "person/edit/check/",
        "person/edit/save/",
        "person/upload/save/",
        "person/shipped/restore/",
    ):
        assert browser.post(MODEL + address, shipped_form()).status_code == 403
    for verb in ("try", "publish", "discard", "restore"):
        assert browser.post(f"{MODEL}{draft.pk}/{verb}/").status_code == 403
    assert model_in_force(PERSON).model == SHIPPED


def test_a_stranger_is_sent_to_sign_in_and_what_is_not_there_is_not_found(
    client: Client, power_user: User, client_of: ClientOf
) -> None:
    assert client.get(f"{MODEL}person/").status_code == 302
    browser = client_of(power_user)
    for address in ("horse/", "999/", "person/compare/?one=x", "person/compare/?one=99", "horse/edit/"):
        assert browser.get(MODEL + address).status_code == 404
    for address in ("999/publish/", "999/restore/", "horse/edit/save/"):
        assert browser.post(MODEL + address).status_code == 404
    other = drafted(power_user, replace(shipped_model(COMPANY), group_at=6.0))
    assert browser.get(f"{MODEL}person/compare/?one={other.pk}").status_code == 404


@pytest.mark.parametrize("kind", [PERSON, COMPANY])
def test_what_the_editor_shows_is_the_same_model(kind: str) -> None:
    model = shipped_model(kind)
    assert model_draft.of_model(model).model(system_refs=1000) == model


def test_a_draft_is_saved_tried_and_published(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert browser.get(f"{MODEL}person/edit/").status_code == 200
    answer = browser.post(f"{MODEL}person/edit/save/", shipped_form(group_at="11", note="stricter"))
    draft = MatchingModel.objects.get()
    assert answer.status_code == 302
    assert matching.Model.from_json(draft.body) == STRICT
    page = browser.get(f"{MODEL}{draft.pk}/").text
    assert GROUPED_NOW in page
    assert "+11 bits (2,048 to 1)" in page
    assert "The next run compares everything again" in page
    assert browser.post(f"{MODEL}{draft.pk}/publish/").status_code == 302
    assert model_in_force(PERSON).model == STRICT
    page = browser.get(f"{MODEL}person/").text
    assert "stricter" in page
    assert f"Version {draft.pk} is in force" in page


def test_bits_given_directly_change_how_often_two_persons_agree() -> None:
    draft = model_draft.of_model(SHIPPED)
    first = draft.comparisons[0]
    levels = tuple(
        replace(level, bits={matching.Test.NICKNAME: "7", matching.Test.ELSE: "-5"}.get(level.test, ""))
        for level in first.levels
    )
    said = replace(draft, comparisons=(replace(first, levels=levels), *draft.comparisons[1:]))
    model = said.model(system_refs=1000)
    by_test = {level.test: level for level in model.comparisons[0].levels}
    assert round(by_test[matching.Test.NICKNAME].weight(1000), 6) == 7
    assert round(by_test[matching.Test.ELSE].weight(1000), 6) == -5
    assert by_test[matching.Test.EXACT] == SHIPPED.comparisons[0].levels[0]
    assert not model_draft.findings(model)


def test_a_comparison_that_is_switched_off_can_be_switched_on_again() -> None:
    without = replace(SHIPPED, comparisons=SHIPPED.comparisons[1:])
    draft = model_draft.of_model(without)
    assert draft.model(system_refs=1000) == without
    off = next(one for one in draft.comparisons if not one.on)
    assert off.field is matching.Compared.FIRST_NAME
    again = replace(draft, comparisons=tuple(replace(one, on=True) for one in draft.comparisons))
    assert again.model(system_refs=1000).comparison(matching.Compared.FIRST_NAME) == SHIPPED.comparisons[0]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    wrong = shipped_form(review_at="52", **{"first_name.0.m": "1.4", "phone.0.u": "often"})
    answer = browser.post(f"{MODEL}person/edit/save/", wrong)
    assert answer.status_code == 422
    assert answer.text.count("M and u must be more than 0 and at most 1.") == 2
    assert 'value="often"' in answer.text
    assert "&#x27;Group from&#x27; must be at least" in answer.text
    said = browser.post(f"{MODEL}person/edit/check/", wrong, headers={"HX-Request": "true"})
    assert said.status_code == 200
    assert 'id="said-first_name-0" hx-swap-oob="true"' in said.text
    assert said.text.count("M and u must be") == 2
    assert "<form" not in said.text
    assert "<form" in browser.post(f"{MODEL}person/edit/check/", wrong).text
    assert not MatchingModel.objects.exists()


def test_nonsense_in_the_form_is_refused_in_words(power_user: User, client_of: ClientOf) -> None:
    answer = client_of(power_user).post(f"{MODEL}person/edit/save/", shipped_form(field="shoe_size"))
    assert answer.status_code == 422
    assert "not understood" in answer.text


def test_a_draft_that_was_overtaken_says_so_and_is_not_published(
    power_user: User, client_of: ClientOf
) -> None:
    first, second = drafted(power_user), drafted(power_user, replace(SHIPPED, group_at=8.0))
    browser = client_of(power_user)
    browser.post(f"{MODEL}{first.pk}/publish/")
    assert "came into force after this draft was begun" in browser.get(f"{MODEL}{second.pk}/").text
    answer = browser.post(f"{MODEL}{second.pk}/publish/")
    assert answer.status_code == 409
    assert "Another model was published" in answer.text
    assert model_in_force(PERSON).model_id == first.pk
    form = form_of(model_draft.of_model(replace(SHIPPED, group_at=8.0)), based_on=str(first.pk))
    browser.post(f"{MODEL}person/edit/save/", form)
    browser.post(f"{MODEL}{MatchingModel.objects.order_by('pk').last().pk}/publish/")  # type: ignore[union-attr]  # just saved
    assert model_in_force(PERSON).model.group_at == 8.0
    browser.post(f"{MODEL}{first.pk}/restore/")
    assert model_in_force(PERSON).model == STRICT
    browser.post(f"{MODEL}person/shipped/restore/")
    assert model_in_force(PERSON).model == SHIPPED


def test_two_versions_are_compared_by_what_differs_only(
    viewer: User, power_user: User, client_of: ClientOf
) -> None:
    draft = drafted(power_user)
    browser = client_of(viewer)
    found = browser.get(f"{MODEL}person/compare/?one=shipped&other={draft.pk}").context["differences"]
    assert [(one.what, one.before, one.after) for one in found] == [
        ("Group from", GROUPED_NOW, "+11 bits (2,048 to 1)")
    ]
    same = browser.get(f"{MODEL}person/compare/?one={draft.pk}&other={draft.pk}")
    assert "both say the same" in same.text


def uploaded(browser: Client, body: object, *, kind: str = PERSON) -> tuple[int, str]:
    text = body if isinstance(body, str) else json.dumps(body)
    given = SimpleUploadedFile("model.json", text.encode())
    answer = browser.post(f"{MODEL}{kind}/upload/save/", {"file": given, "based_on": ""})
    return answer.status_code, answer.text if answer.status_code == 422 else ""


def test_a_model_goes_out_and_comes_back_as_kith_s_json_and_as_splink_s(
    power_user: User, client_of: ClientOf
) -> None:
    draft, browser = drafted(power_user), client_of(power_user)
    for form in ("kith", "splink"):
        file = browser.get(f"{MODEL}person/file/?version={draft.pk}&as={form}")
        assert file["Content-Disposition"].startswith(
            f'attachment; filename="kith-person-model-{STRICT.version}'
        )
        status, _ = uploaded(browser, file.text)
        assert status == 302
        saved = MatchingModel.objects.order_by("-pk")[0]
        assert matching.Model.from_json(saved.body).group_at == 11.0
        assert (saved.state, saved.note) == ("draft", "Uploaded from a file")
    assert browser.get(f"{MODEL}person/file/").json() == SHIPPED.to_json()


def test_a_model_from_elsewhere_with_an_unknown_level_is_refused_naming_the_level(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    ours = SHIPPED.to_json()
    text = json.dumps(ours).replace('"swapped"', '"moon_phase"')
    status, page = uploaded(browser, text)
    assert status == 422
    assert "birth_date: there is no level &#x27;moon_phase&#x27;" in page
    theirs = to_splink(SHIPPED, records=1000)
    text = json.dumps(theirs).replace("jaro_winkler_similarity", "moon_distance")
    status, page = uploaded(browser, text)
    assert status == 422
    assert "&#x27;first_name&#x27; has the level &#x27;similar 0.9&#x27;" in page
    assert not MatchingModel.objects.exists()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{", "not JSON: line 1"),
        ("[]", "a JSON object"),
        ({"kind": "horse"}, "for persons or for companies"),
        (shipped_model(COMPANY).to_json(), "for the kind &#x27;company&#x27;"),
        (SHIPPED.to_json(), "in force already"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_model_is_refused_at_the_form(
    power_user: User, client_of: ClientOf, body: object, sentence: str
) -> None:
    status, page = uploaded(client_of(power_user), body)
    assert status == 422
    assert sentence in page
    assert not MatchingModel.objects.exists()


def test_no_file_is_said_at_the_form(power_user: User, client_of: ClientOf) -> None:
    answer = client_of(power_user).post(f"{MODEL}person/upload/save/", {"based_on": ""})
    assert answer.status_code == 422
    assert "Choose a file first" in answer.text


def test_the_versions_are_listed_in_a_fixed_number_of_queries(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    drafted(power_user)
    browser.get(f"{MODEL}person/")
    with CaptureQueriesContext(connection) as few:
        browser.get(f"{MODEL}person/")
    for bits in range(8):
        drafted(power_user, replace(SHIPPED, group_at=7.0 + bits))
    with CaptureQueriesContext(connection) as many:
        browser.get(f"{MODEL}person/")
    assert len(few) == len(many)


def test_no_page_of_the_model_weighs_more_than_60_kb(power_user: User, client_of: ClientOf) -> None:
    draft, browser = drafted(power_user), client_of(power_user)
    for address in ("person/", "person/edit/", f"{draft.pk}/", "person/shipped/"):
        assert len(browser.get(MODEL + address).content) < 60_000, address


def test_the_report_of_training_is_shown_in_lines(
    viewer: User, power_user: User, client_of: ClientOf
) -> None:
    report = {
        "records": 12000,
        "moved": [{"level": "first_name exact", "bits": [7.1, 7.6]}],
        "fields_left": [],
    }
    draft = actions.save_model_draft(actor=power_user.actor, model=STRICT, report=report, based_on=None)
    page = client_of(viewer).get(f"{MODEL}{draft.pk}/").text
    assert "What training found" in page
    assert "12,000" in page
    assert "7.1, 7.6" in page


@pytest.mark.slow
def test_try_it_shows_what_a_draft_would_move_and_changes_nothing(
    power_user: User, client_of: ClientOf
) -> None:
    born = "1980-01-17"
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", birth_date=born, email_1="eleni@example.com")
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", birth_date=born, email_1="eleni@example.org")
    draft = drafted(power_user, replace(SHIPPED, group_at=90.0))
    answer = client_of(power_user).post(f"{MODEL}{draft.pk}/try/", headers={"HX-Request": "true"})
    tried = answer.context["tried"]
    assert (tried.groups_now, tried.groups_then, tried.moves) == (1, 2, 2)
    assert tried.models[0].asked == 1
    assert "1 more contact" in answer.text
    assert answer.text.lstrip().startswith('<div id="tried"')
    assert model_in_force(PERSON).model == SHIPPED
