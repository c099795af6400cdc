"""C21, C30: relations show on both contacts, each from its own side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.actions import add_contact, edit_local
from kith.contacts.deletion import actions as deletion
from kith.contacts.models import Contact
from kith.contacts.settings.relation_types import RELATION_TYPES, RelationTypes, relation_types_in_force
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.relations import actions, drawing, queries
from kith.relations.models import Relation
from kith.settings.actions import save_section
from kith.sources.models import SourceRecord
from kith.vault.details import changes_of
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def relate(contact: Contact, other: Contact, code: str = "FRIEND", note: str = "") -> Relation:
    return actions.add_relation(
        actor=COMMAND_LINE, contact_id=contact.pk, other_id=other.pk, code=code, note=note
    )


def shown(contact: Contact) -> list[tuple[str, int]]:
    """(what the other is to it, the other)."""
    keys = queries.keys_of(contact.pk, actor=COMMAND_LINE)
    found = queries.related(contact.pk, [one.id for one in keys], actor=COMMAND_LINE)
    return [(one.label, one.contact_id) for one in found]


@pytest.mark.parametrize(
    ("code", "here", "there"),
    [("EMPLOYEE", "Employee", "Employer"), ("CLIENT", "Client", "Business")],
)
def test_c30_a_relation_shows_on_both_contacts_and_its_inverse_on_the_other(
    code: str, here: str, there: str
) -> None:
    company, person = factories.company(), factories.person()
    relate(company, person, code)
    assert shown(company) == [(here, person.pk)]
    assert shown(person) == [(there, company.pk)]


def test_c30_parent_and_child_whoever_it_was_typed_at_and_whichever_came_first() -> None:
    older, newer = factories.person(), factories.person("Ann", "Lee")
    relate(older, newer, "CHILD")
    third = factories.person("Eva", "Lee")
    relate(third, older, "PARENT")
    assert shown(newer) == [("Parent", older.pk)]
    assert sorted(shown(older)) == [("Child", newer.pk), ("Child", third.pk)]


def test_c21_the_same_relation_is_not_added_twice_from_either_side() -> None:
    one, other = factories.person(), factories.person("Ann", "Lee")
    relate(one, other, "PARENT")
    for again in ((one, other, "PARENT"), (other, one, "CHILD")):
        with pytest.raises(Refused, match="related so already"):
            relate(*again)
    relate(one, other, "CLOSE_FRIEND")
    assert len(shown(one)) == 2


def test_c6_the_type_decides_which_kinds_of_contacts_it_is_between() -> None:
    person, other, company = factories.person(), factories.person("Ann", "Lee"), factories.company()
    for contact, to, code in (
        (company, person, "PARENT"),
        (person, other, "PARTNER_COMPANY"),
        (company, person, "CUSTOM1"),
        (person, other, "NO_SUCH"),
    ):
        with pytest.raises(Refused):
            relate(contact, to, code)
    with pytest.raises(Refused, match="itself"):
        relate(person, person)
    with pytest.raises(Refused, match="no active contact"):
        actions.add_relation(actor=COMMAND_LINE, contact_id=person.pk, other_id=10**12, code="FRIEND")
    assert not Relation.objects.exists()


def test_c6_a_type_in_use_is_not_removed_from_the_settings() -> None:
    relate(factories.company(), factories.person(), "EMPLOYEE")
    types = relation_types_in_force().types
    without = RelationTypes(tuple(one for one in types if one.code not in {"EMPLOYEE", "EMPLOYER"}))
    with pytest.raises(Refused, match="in use"):
        save_section(actor=COMMAND_LINE, section=RELATION_TYPES, value=without)


def test_it_is_changed_from_either_side_and_both_histories_say_so(agent: User) -> None:
    one, other = factories.person(), factories.person("Ann", "Lee")
    relation = relate(one, other, "PARENT", "met in May")
    actions.change_relation(
        actor=agent.actor, relation_id=relation.pk, contact_id=other.pk, code="PARENT", note="", seen=0
    )
    assert shown(one) == [("Child", other.pk)]
    assert shown(other) == [("Parent", one.pk)]
    entries = Entry.objects.filter(event="RelationChanged").order_by("pk")
    assert [(entry.group_id, entry.detail) for entry in entries] == [
        (other.pk, {"with_group_id": one.pk}),
        (one.pk, {"with_group_id": other.pk}),
    ]
    changes = changes_of([entries[0].pk])[entries[0].pk]
    assert {(change.field, change.before, change.after) for change in changes} == {
        ("note", "met in May", ""),
        ("relation", "Child", "Parent"),
    }
    with pytest.raises(Conflict):
        actions.change_relation(
            actor=agent.actor, relation_id=relation.pk, contact_id=one.pk, code="FRIEND", note="", seen=0
        )


def test_changing_one_into_another_that_there_is_is_refused(agent: User) -> None:
    one, other = factories.person(), factories.person("Ann", "Lee")
    relation = relate(one, other, "FRIEND")
    relate(other, one, "CHILD")
    with pytest.raises(Refused, match="already"):
        actions.change_relation(
            actor=agent.actor, relation_id=relation.pk, contact_id=one.pk, code="PARENT", note="", seen=0
        )


def test_removed_from_one_side_it_is_gone_from_both_and_can_be_added_again(agent: User) -> None:
    one, other = factories.person(), factories.person("Ann", "Lee")
    relation = relate(one, other, "PARENT", "note")
    stranger = factories.person("Third", "Person")
    with pytest.raises(NotFound):
        actions.remove_relation(actor=agent.actor, relation_id=relation.pk, contact_id=stranger.pk)
    actions.remove_relation(actor=agent.actor, relation_id=relation.pk, contact_id=other.pk)
    assert shown(one) == shown(other) == []
    entry = Entry.objects.get(event="RelationRemoved", group_id=other.pk)
    assert {change.before for change in changes_of([entry.pk])[entry.pk]} == {"note", "Child"}
    relate(one, other, "PARENT")
    assert shown(other) == [("Child", one.pk)]


def test_who_may_not_edit_contacts_relates_nobody(viewer: User) -> None:
    one, other = factories.person(), factories.person("Ann", "Lee")
    relation = relate(one, other)
    for attempt in (
        lambda: actions.add_relation(
            actor=viewer.actor, contact_id=one.pk, other_id=other.pk, code="CLOSE_FRIEND"
        ),
        lambda: actions.change_relation(
            actor=viewer.actor, relation_id=relation.pk, contact_id=one.pk, code="FRIEND", note="", seen=0
        ),
        lambda: actions.remove_relation(actor=viewer.actor, relation_id=relation.pk, contact_id=one.pk),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_c28_a_relation_is_deleted_with_either_contact() -> None:
    gone, stays, third = factories.person(), factories.person("Ann", "Lee"), factories.person("Eva", "Lee")
    relate(stays, gone)
    relate(stays, third)
    deletion.delete_contact(actor=COMMAND_LINE, contact_id=gone.pk)
    assert shown(stays) == [("Friend", third.pk)]
    assert Relation.objects.count() == 1


def test_c30_relations_is_the_second_section_and_draws_the_household(
    client_of: ClientOf, agent: User
) -> None:
    eleni, browser = factories.eleni(), client_of(agent)
    relate(eleni, factories.person("Petros", "Nikolaou"), "PARTNER", "since <b>2019</b>")
    relate(eleni, factories.person("Maria", "Papadopoulou"), "PARENT")
    relate(eleni, factories.company(), "EMPLOYER")
    page = browser.get(f"/contacts/{eleni.pk}/")
    section = page.context["bottom"][1]
    assert [one.label for one in page.context["bottom"]] == [
        "Demographics",
        "Relations",
        "Attachments",
        "User-defined fields",
        "Notes and log",
    ]
    assert [one.label for one in section.content["rows"]] == ["Parent", "Partner", "Employer"]
    picture = section.content["picture"]
    assert "Parent: Maria Papadopoulou; Partner: Petros Nikolaou." in picture.text
    assert "Harbour" not in picture.text
    assert "since &lt;b&gt;2019&lt;/b&gt;" in page.text
    assert "Add a relation" in page.text


def test_c30_the_picture_of_a_company_is_of_its_people_fifteen_of_them_and_how_many_more() -> None:
    company = factories.company()
    for number in range(18):
        relate(company, factories.person("Worker", f"Number{number:02}"), "EMPLOYEE")
    relate(company, factories.company("Other Ltd"), "PARTNER_COMPANY")
    keys = drawing.pictured(company.kind, queries.keys_of(company.pk, actor=COMMAND_LINE))
    assert len(keys) == 18
    drawn = queries.related(company.pk, [one.id for one in keys[: drawing.MOST]], actor=COMMAND_LINE)
    picture = drawing.picture(company, drawn, more=3)
    assert picture is not None
    assert len(picture.boxes) == 15
    assert picture.text.endswith("Employee: Worker Number14; and 3 more.")
    places = {(box.x, box.y) for box in (*picture.boxes, picture.contact)}
    assert len(places) == 16
    assert all(box.x >= 0 and box.x + drawing.BOX_WIDTH <= picture.width for box in picture.boxes)
    assert all(box.y + drawing.BOX_HEIGHT <= picture.height for box in picture.boxes)


def test_adding_by_search_without_javascript(client_of: ClientOf, agent: User) -> None:
    eleni, petros, browser = factories.eleni(), factories.person("Petros", "Nikolaou"), client_of(agent)
    choose = f"/relations/of/{eleni.pk}/add/"
    found = browser.post(choose, {"q": "petros nik", "do": "search"})
    assert f'name="other" value="{petros.pk}"' in found.text
    chosen = browser.post(choose, {"q": "petros nik", "other": petros.pk})
    form = f"{choose}{petros.pk}/"
    assert (chosen.status_code, chosen.headers["Location"]) == (302, form)
    assert '<option value="PARTNER" selected' in browser.get(f"{form}?type=PARTNER").text
    assert "PARTNER_COMPANY" not in browser.get(form).text
    wrong = browser.post(form, {"type": "", "note": "typed already"})
    assert wrong.status_code == 422
    assert "typed already" in wrong.text
    done = browser.post(form, {"type": "PARTNER", "note": ""})
    assert (done.status_code, done.headers["Location"]) == (302, f"/contacts/{eleni.pk}/#relations")
    again = browser.post(form, {"type": "PARTNER", "note": "typed already"})
    assert again.status_code == 422
    assert "They are related so already." in again.text
    assert "typed already" in again.text
    assert shown(petros) == [("Partner", eleni.pk)]


def test_editing_by_the_form_and_meeting_somebody_else(client_of: ClientOf, agent: User) -> None:
    one, other, browser = factories.person(), factories.person("Ann", "Lee"), client_of(agent)
    relation = relate(one, other)
    page = f"/relations/of/{one.pk}/{relation.pk}/"
    assert '<option value="FRIEND" selected' in browser.get(page).text
    assert browser.post(page, {"type": "CLOSE_FRIEND", "note": "new", "seen": 0}).status_code == 302
    clash = browser.post(page, {"type": "PARTNER", "note": "mine", "seen": 0})
    assert clash.status_code == 409
    assert "It says now:" in clash.text
    assert "mine" in clash.text
    assert 'name="seen" value="1"' in clash.text
    assert browser.post(page, {"type": "PARTNER", "note": "mine", "seen": 1}).status_code == 302
    assert shown(other) == [("Partner", one.pk)]
    assert browser.post(f"{page}remove/").status_code == 302
    assert shown(other) == []


def test_strangers_readers_and_bad_ids(client_of: ClientOf, viewer: User, agent: User) -> None:
    one, other = factories.person(), factories.person("Ann", "Lee")
    relation = relate(one, other)
    reader = client_of(viewer)
    listed = reader.get(f"/relations/of/{one.pk}/")
    assert listed.status_code == 200
    assert "Add a relation" not in listed.text
    base = f"/relations/of/{one.pk}/"
    for path in (f"{base}add/", f"{base}add/{other.pk}/", f"{base}{relation.pk}/"):
        assert reader.get(path).status_code == 403
    assert reader.post(f"{base}{relation.pk}/remove/").status_code == 403
    assert Client().get(base).status_code == 302
    for path in (
        "/relations/of/999/",
        f"{base}999/",
        f"{base}add/999/",
        f"{base}add/{one.pk}/",
        f"/relations/of/{10**30}/add/",
        f"{base}{10**30}/",
    ):
        assert client_of(agent).get(path).status_code == 404


def test_the_number_of_queries_does_not_grow_with_relations(client_of: ClientOf, steward: User) -> None:
    few, many, browser = factories.person(), factories.person("Ann", "Lee"), client_of(steward)
    relate(few, factories.person("One", "Friend"), "PARTNER")
    for number in range(20):
        relate(many, factories.person("Friend", f"Number{number}"), "PARTNER", f"note {number}")
    for path in ("/contacts/{}/", "/relations/of/{}/"):
        counts = []
        for contact in (few, many):
            browser.get(path.format(contact.pk))
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(path.format(contact.pk)).status_code == 200
            counts.append(len(asked))
        assert counts[0] == counts[1]


def mandatory(code: str, label: str) -> None:
    types = tuple(
        replace(one, label=label, mandatory=True, active=True) if one.code == code else one
        for one in relation_types_in_force().types
    )
    save_section(actor=COMMAND_LINE, section=RELATION_TYPES, value=RelationTypes(types))


def test_c6_a_contact_is_not_saved_without_a_mandatory_relation_and_its_label_is_named(agent: User) -> None:
    fields = {"first_name": "Ann", "last_name": "Lee"}
    contact_id = add_contact(actor=agent.actor, kind="person", claim=fields)
    (record,) = SourceRecord.objects.of_contact(contact_id)

    def save(last_name: str) -> None:
        record.refresh_from_db()
        edit_local(
            actor=agent.actor,
            contact_id=contact_id,
            record_id=record.pk,
            claim={**fields, "last_name": last_name},
            version=record.content_hash.hex,
        )

    mandatory("CUSTOM1", "Mentor")
    with pytest.raises(Refused, match="Mentor"), transaction.atomic():
        save("Reid")
    relation = relate(Contact.objects.get(pk=contact_id), factories.person(), "CUSTOM1")
    save("Reid")
    with pytest.raises(Refused, match="Mentor"):
        actions.remove_relation(actor=agent.actor, relation_id=relation.pk, contact_id=contact_id)
    # One that is typed in has nobody yet: it is asked for at the next save.
    add_contact(actor=agent.actor, kind="person", claim={"first_name": "Eva", "last_name": "Savva"})
