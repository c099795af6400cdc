"""Golden record rules: everybody sees them, power users edit, preview and save them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.golden import actions
from kith.golden.models import GoldenRules
from kith.golden.rules import FIELDS, Attribute, Rules, TieBreaker
from kith.golden.versions import rules_in_force
from kith.sources.models import SourceRecord
from tests.claims import claim, place

ClientOf = Callable[[User], Client]
Form = dict[str, str | list[str]]


def form_of(rules: Rules, **more: str) -> Form:
    """What a browser would send for these rules."""
    form: Form = {"based_on": "", **more}
    for field in FIELDS:
        breakers = rules.of(field)
        form[field] = [str(t) for t in range(len(breakers))]
        for t, breaker in enumerate(breakers):
            form[f"{field}.{t}.by"] = breaker.by.value
            form[f"{field}.{t}.order"] = breaker.order.value
            form[f"{field}.{t}.sources"] = ", ".join(breaker.sources)
    return form


def with_emails_from(*codes: str) -> Rules:
    shipped = Rules.shipped()
    return Rules({**shipped.by_field, "emails": (TieBreaker(Attribute.SOURCE, sources=codes),)})


@pytest.fixture
def contact(db: None) -> Contact:
    """Two System Refs of one contact: ARCHTICS claims no e-mail, MAILCHIMP and SHOP do."""
    claim("ARCHTICS", "1", first_name="Eleni", last_name="Reid", received_at=datetime(2026, 1, 3, tzinfo=UTC))
    claim("MAILCHIMP", "m", first_name="Eleni", last_name="Reid", email_1="mail@example.com",
          received_at=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
    claim("SHOP", "a", first_name="Eleni", last_name="Reid", email_1="shop@example.com",
          received_at=datetime(2026, 1, 2, tzinfo=UTC))  # fmt: skip
    made = Contact.objects.create(kind="person", record_count=3)
    place(made, *SourceRecord.objects.all())
    return made


def test_k10_everybody_sees_the_tie_breakers_of_each_field_and_only_power_users_edit(
    viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(viewer)
    page = browser.get("/golden-rules/").text
    assert "Updated at the source, newest first" in page
    assert "/golden-rules/edit/" not in page
    assert browser.get("/golden-rules/edit/").status_code == 403
    for verb in ("change", "preview", "save"):
        assert browser.post(f"/golden-rules/edit/{verb}/", form_of(Rules.shipped())).status_code == 403
    assert not GoldenRules.objects.exists()


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/golden-rules/").status_code == 302


def test_what_the_editor_shows_saves_as_the_same_rules(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert browser.get("/golden-rules/edit/").status_code == 200
    answer = browser.post("/golden-rules/edit/save/", form_of(Rules.shipped(), note="as it was"))
    assert answer.status_code == 302
    in_force = rules_in_force()
    assert all(in_force.of(field) == Rules.shipped().of(field) for field in FIELDS)
    assert "as it was" in browser.get("/golden-rules/").text
    assert Entry.objects.filter(event="GoldenRulesSaved", user=power_user).count() == 1


@pytest.mark.slow
def test_k10_a_source_that_claims_no_email_leaves_it_to_the_next_in_the_order(
    power_user: User, client_of: ClientOf, contact: Contact
) -> None:
    form = form_of(with_emails_from("ARCHTICS", "MAILCHIMP"), group_id=str(contact.pk))
    answer = client_of(power_user).post("/golden-rules/edit/preview/", form)
    emails = next(row for row in answer.context["previewed"][0].rows if row.label == "E-mail")
    assert emails.now == "shop@example.com, mail@example.com"
    assert emails.then == "mail@example.com, shop@example.com"
    contact.refresh_from_db()
    assert contact.name == ""
    assert not GoldenRules.objects.exists()


@pytest.mark.slow
def test_k10_a_full_tie_is_decided_alike_on_two_runs(power_user: User, contact: Contact) -> None:
    from kith.golden.assembly import preview

    nothing = Rules(dict.fromkeys(FIELDS, ()))
    first = preview([contact.pk], rules=nothing)
    assert first == preview([contact.pk], rules=nothing)
    assert first[contact.pk]["emails"] == "shop@example.com, mail@example.com"


@pytest.mark.slow
def test_the_preview_takes_contacts_with_several_system_refs_when_no_groupid_is_given(
    power_user: User, client_of: ClientOf, contact: Contact
) -> None:
    browser = client_of(power_user)
    answer = browser.post("/golden-rules/edit/preview/", form_of(with_emails_from("MAILCHIMP")))
    assert [one.contact for one in answer.context["previewed"]] == [contact]
    for typed in ("77", "1 999 999", "Eleni"):
        unknown = browser.post("/golden-rules/edit/preview/", form_of(Rules.shipped(), group_id=typed))
        assert "no contact with this GroupID" in unknown.text


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("up:emails:1", "claimed_at"),
        ("down:emails:0", "claimed_at"),
        ("remove:emails:0", "claimed_at"),
        ("up:emails:0", "chosen"),
        ("up:emails:99", "chosen"),
        ("up:shoe_size:1", "chosen"),
        ("", "chosen"),
    ],
)
def test_buttons_change_the_draft_and_save_nothing(
    power_user: User, client_of: ClientOf, order: str, first: str
) -> None:
    answer = client_of(power_user).post("/golden-rules/edit/change/", form_of(Rules.shipped(), do=order))
    emails = next(one for one in answer.context["fields"] if one.field == "emails")
    assert next(choice.value for choice in emails.breakers[0].attributes if choice.chosen) == first
    assert not GoldenRules.objects.exists()


def test_a_tie_breaker_is_added_until_all_stand_there(power_user: User, client_of: ClientOf) -> None:
    form = form_of(Rules.shipped(), do="add:emails")
    answer = client_of(power_user).post("/golden-rules/edit/change/", form)
    emails = next(one for one in answer.context["fields"] if one.field == "emails")
    assert len(emails.breakers) == len(Rules.shipped().of("emails")) + 1


def test_every_problem_is_told_at_once_and_nothing_is_saved(power_user: User, client_of: ClientOf) -> None:
    twice = (TieBreaker(Attribute.FREQUENCY), TieBreaker(Attribute.FREQUENCY))
    rules = Rules({**with_emails_from("NOWHERE").by_field, "phones": twice})
    answer = client_of(power_user).post("/golden-rules/edit/save/", form_of(rules, note="kept"))
    assert answer.status_code == 422
    assert "there is no source “NOWHERE”" in answer.text
    assert "stands twice" in answer.text
    assert 'value="kept"' in answer.text
    assert not GoldenRules.objects.exists()


def test_nonsense_in_the_form_is_refused_in_words(power_user: User, client_of: ClientOf) -> None:
    form = form_of(Rules.shipped()) | {"emails.0.by": "luck"}
    assert client_of(power_user).post("/golden-rules/edit/save/", form).status_code == 422


def test_two_browsers_editing_the_rules_never_lose_the_first_one_s_work(
    power_user: User, client_of: ClientOf
) -> None:
    browser = client_of(power_user)
    browser.post("/golden-rules/edit/save/", form_of(Rules.shipped()))
    second = browser.post("/golden-rules/edit/save/", form_of(Rules(dict.fromkeys(FIELDS, ()))))
    assert second.status_code == 422
    assert "Somebody saved the golden record rules" in second.text
    assert GoldenRules.objects.count() == 1


def test_an_earlier_version_is_restored_as_a_new_one(power_user: User, client_of: ClientOf) -> None:
    first = actions.save_rules(actor=power_user.actor, rules=Rules(dict.fromkeys(FIELDS, ())))
    actions.save_rules(actor=power_user.actor, rules=Rules.shipped())
    browser = client_of(power_user)
    assert browser.get(f"/golden-rules/{first.pk}/").status_code == 200
    browser.post(f"/golden-rules/{first.pk}/restore/")
    assert rules_in_force().of("emails") == ()
    assert GoldenRules.objects.count() == 3
    assert browser.post("/golden-rules/999/restore/").status_code == 404
    assert browser.get("/golden-rules/999/").status_code == 404


def test_the_versions_are_listed_in_a_fixed_number_of_queries(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    actions.save_rules(actor=COMMAND_LINE, rules=Rules.shipped())
    with CaptureQueriesContext(connection) as few:
        browser.get("/golden-rules/")
    for _ in range(8):
        actions.save_rules(actor=power_user.actor, rules=Rules.shipped())
    with CaptureQueriesContext(connection) as many:
        browser.get("/golden-rules/")
    assert len(few) == len(many)


@pytest.mark.slow
def test_k9_a_steward_makes_another_system_ref_primary_and_a_viewer_may_not(
    steward: User, viewer: User, client_of: ClientOf, contact: Contact
) -> None:
    mine = SourceRecord.objects.get(source__code="MAILCHIMP")
    data = {"contact": contact.pk, "record": mine.pk}
    assert client_of(viewer).post("/golden-rules/make-primary/", data).status_code == 403
    browser = client_of(steward)
    assert browser.post("/golden-rules/make-primary/", data).status_code == 302
    contact.refresh_from_db()
    assert (contact.primary_record_id, contact.primary_chosen) == (mine.pk, True)
    assert contact.emails.get(is_primary=True).value == "mail@example.com"
    assert browser.post("/golden-rules/make-primary/", data | {"record": 999_999}).status_code == 422
    assert browser.post("/golden-rules/make-primary/", data | {"contact": "x"}).status_code == 404
    assert browser.post("/golden-rules/make-primary/", data | {"contact": 5}).status_code == 404
