"""One detail changed on everybody a search finds: previewed, made in slices, taken back as a whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.actions import suppress
from kith.contacts.models import Contact
from kith.find.bulk import actions, queries, tasks
from kith.find.bulk.models import BulkChange, ChangedContact
from kith.golden.actions import override
from kith.golden.models import GoldenOverride
from kith.jobs.progress import Tracker
from kith.kernel.errors import NotAllowed, Refused
from kith.organisation import actions as organisation
from kith.organisation.levels import Level
from kith.organisation.models import Ownership
from tests.contacts import factories
from tests.find.searching import kept

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
Kind = BulkChange.Kind


@pytest.fixture(autouse=True)
def slices_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SLICE", 2)


def leesons(number: int = 3, **more: str) -> list[Contact]:
    return [factories.person(f"Ann{'a' * n}", "Leeson", **more) for n in range(number)]


def ask(user: User, kind: Kind = Kind.CATEGORY, value: str = "PARTNER") -> BulkChange:
    token = kept(user, last_name="Leeson")
    return actions.ask_bulk_change(actor=user.actor, token=token, kind=kind, value=value)


def undo(user: User, change: BulkChange) -> BulkChange:
    actions.ask_undo(actor=user.actor, change_id=change.pk)
    return tasks.undone(change.pk)


def categories(contacts: list[Contact]) -> list[str | None]:
    return list(
        Contact.objects.filter(pk__in=[one.pk for one in contacts])
        .order_by("pk")
        .values_list("category", flat=True)
    )


def edit(user: User, contact: Contact, category: str) -> None:
    override(
        actor=user.actor,
        contact_id=contact.pk,
        field="category",
        value={"category": category},
        mode="pinned",
    )


def test_c25_a_category_is_set_on_a_result_and_undone_where_nobody_changed_it_since(
    steward: User, power_user: User
) -> None:
    first, second, third = contacts = leesons()
    edit(power_user, first, "SUPPLIER")
    edit(power_user, second, "PARTNER")
    asked = ask(steward)
    later = factories.person("Later", "Leeson")
    done = tasks.made(asked.pk)
    assert (done.state, done.total, done.changed_count, done.same_count) == ("done", 3, 2, 1)
    assert categories([*contacts, later]) == ["PARTNER", "PARTNER", "PARTNER", None]
    mine = GoldenOverride.objects.filter(note=f"Bulk change {asked.pk}", state="in_force")
    assert {one.actor for one in mine} == {steward.name}
    told = Entry.objects.filter(event="BulkChangeMade", subject_id=asked.pk)
    assert set(told.values_list("group_id", flat=True)) == {first.pk, third.pk}
    edit(power_user, third, "PROSPECT")
    undone = undo(steward, done)
    assert (undone.state, undone.changed_count, undone.kept_count) == ("undone", 0, 1)
    assert categories(contacts) == ["SUPPLIER", "PARTNER", "PROSPECT"]
    again = GoldenOverride.objects.get(record__membership__contact=first, field="category", state="in_force")
    assert again.actor == power_user.name
    assert Entry.objects.filter(event="BulkChangeUndone", group_id=first.pk).exists()
    with pytest.raises(Refused):
        actions.ask_undo(actor=steward.actor, change_id=asked.pk)


def test_a_category_is_cleared_on_a_result(steward: User) -> None:
    contacts = leesons(2, category="PARTNER")
    assert categories(contacts) == ["PARTNER", "PARTNER"]
    done = tasks.made(ask(steward, value="").pk)
    assert (done.changed_count, categories(contacts)) == (2, [None, None])
    undo(steward, done)
    assert categories(contacts) == ["PARTNER", "PARTNER"]


def test_c25_the_type_of_the_primary_e_mail_is_set_on_a_result(steward: User) -> None:
    first, second = leesons(2, email_1="ann@example.org", email_1_type="personal", email_2="b@example.org")
    without = factories.person("Bare", "Leeson")
    override(
        actor=steward.actor,
        contact_id=second.pk,
        field="emails",
        value={"email_1": "typed@example.org"},
        mode="pinned",
        leads=False,
    )
    done = tasks.made(ask(steward, Kind.EMAIL_TYPE, "BUSINESS").pk)
    assert (done.changed_count, done.refused_count) == (2, 1)
    assert ChangedContact.objects.get(contact_id=without.pk).state == "nothing"

    def emails(of: Contact) -> list[tuple[str, str]]:
        return list(of.emails.order_by("position").values_list("value", "type"))

    assert emails(first) == [("ann@example.org", "BUSINESS"), ("b@example.org", "")]
    assert emails(second)[0] == ("ann@example.org", "BUSINESS")
    assert "typed@example.org" in dict(emails(second))
    undo(steward, done)
    assert [type_.upper() for _, type_ in emails(first)] == ["PERSONAL", ""]
    assert "typed@example.org" in dict(emails(second))
    with pytest.raises(Refused):
        ask(steward, Kind.EMAIL_TYPE, "")


def test_c25_the_owning_team_is_set_on_a_result_and_given_back(steward: User, administrator: User) -> None:
    chief = administrator.actor
    community = organisation.add_part(actor=chief, level=Level.COMMUNITY, name="Club")
    north, south = (
        organisation.add_part(actor=chief, level=Level.TEAM, name=name, parent_id=community.pk)
        for name in ("North", "South")
    )
    contacts = leesons()
    records = [one.primary_record_id or 0 for one in contacts]
    organisation.give(actor=chief, record_ids=records[:1], team_id=south.pk)
    done = tasks.made(ask(steward, Kind.OWNER, str(north.pk)).pk)
    assert done.changed_count == 3
    assert set(Ownership.objects.values_list("org_group_id", flat=True)) == {north.pk}
    organisation.give(actor=chief, record_ids=records[2:], team_id=None)
    organisation.give(actor=chief, record_ids=records[2:], team_id=north.pk)
    undone = undo(steward, done)
    assert (undone.changed_count, undone.kept_count) == (0, 1)
    owned = dict(Ownership.objects.values_list("record_id", "org_group_id"))
    assert owned == {records[0]: south.pk, records[2]: north.pk}


def test_a_bulk_change_goes_on_where_it_was_killed(steward: User, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = leesons(5)
    asked = ask(steward)

    class Killed(BaseException):
        pass

    whole, calls = actions._note_made, iter(range(5))

    def dies(change: BulkChange, made: object) -> None:
        if next(calls) == 1:
            raise Killed
        whole(change, made)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(actions, "_note_made", dies)
    with pytest.raises(Killed):
        tasks.made(asked.pk)
    assert categories(contacts).count("PARTNER") == 2
    monkeypatch.undo()
    done = tasks.made(asked.pk)
    assert (done.state, done.changed_count) == ("done", 5)
    assert categories(contacts) == ["PARTNER"] * 5
    assert Entry.objects.filter(event="BulkChangeMade").count() == 5
    assert GoldenOverride.objects.count() == 5


def test_a_cancelled_bulk_change_leaves_what_it_made_to_be_undone(
    steward: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.progress, "MIN_INTERVAL_SECONDS", 0)
    contacts = leesons(4)
    asked = ask(steward)

    class Impatient(Tracker):
        def at(self, done: int, total: int | None = None, note: str = "", *, final: bool = False) -> None:
            if done:
                actions.cancel(actor=steward.actor, change_id=asked.pk)
            super().at(done, total, note, final=final)

    tracker = tasks.progress.start(BulkChange.SUBJECT, asked.pk, label="Bulk change")
    impatient = Impatient(tracker.progress_id)
    ended = actions.execute(actor=steward.actor, change_id=asked.pk, tracker=impatient)
    assert (ended.state, ended.changed_count) == ("cancelled", 2)
    assert undo(steward, ended).state == "undone"
    assert categories(contacts) == [None] * 4


def test_undoing_finds_what_was_grouped_meanwhile(steward: User) -> None:
    first, second = leesons(2)
    done = tasks.made(ask(steward).pk)
    second.memberships.update(contact=first)
    undone = undo(steward, done)
    assert (undone.changed_count, undone.kept_count) == (0, 0)
    assert not GoldenOverride.objects.filter(state="in_force").exists()
    assert categories([first]) == [None]


def test_a_bulk_change_is_chosen_previewed_confirmed_and_undone_on_its_pages(
    steward: User, agent: User, privacy_officer: User, client_of: ClientOf
) -> None:
    contacts = leesons(2)
    edit(steward, contacts[0], "PARTNER")
    client, token = client_of(steward), kept(steward, last_name="Leeson")
    assert "No bulk changes yet" in client.get("/bulk-changes/").text
    page = client.get("/bulk-changes/new/", {"s": token})
    assert page.status_code == 200
    assert "Leeson" not in page.text
    wanted = {"search": token, "kind": "category", "category": "PARTNER"}
    assert client.post("/bulk-changes/preview/", {**wanted, "category": ""}).status_code == 422
    shown = client.post("/bulk-changes/preview/", wanted)
    found = shown.context["preview"]
    assert (found.total, found.changed, found.same) == (2, 1, 1)
    assert [one.group_id for one in found.examples] == [contacts[1].pk]
    assert not BulkChange.objects.exists()
    sent = client.post("/bulk-changes/ask/", wanted)
    change = BulkChange.objects.get()
    assert sent.headers["Location"] == f"/bulk-changes/{change.pk}/"
    assert client.post("/bulk-changes/ask/", wanted).status_code == 422
    tasks.made(change.pk)
    assert "Undo all 1" in client.get(f"/bulk-changes/{change.pk}/").text
    assert "Category: Partner" in client.get("/bulk-changes/").text
    client.post(f"/bulk-changes/{change.pk}/undo/")
    tasks.undone(change.pk)
    assert "Undone by" in client.get(f"/bulk-changes/{change.pk}/").text
    assert client.get("/bulk-changes/987654/").status_code == 404
    for other in (agent, privacy_officer):
        assert client_of(other).get("/bulk-changes/").status_code == 403
        with pytest.raises(NotAllowed):
            ask(other)


def test_x5_who_is_restricted_is_left_out_of_a_bulk_change_and_of_its_undoing(
    power_user: User, administrator: User, client_of: ClientOf
) -> None:
    first, second, _ = contacts = leesons()
    restrict(first)
    token = kept(administrator, last_name="Leeson")
    shown = queries.previewed(token, actor=administrator.actor, kind=Kind.CATEGORY, value="PARTNER")
    assert (shown.changed, shown.refused) == (2, [("Its processing is restricted", 1)])
    done = tasks.made(ask(administrator).pk)
    assert (done.changed_count, done.refused_count) == (2, 1)
    assert categories(contacts) == [None, "PARTNER", "PARTNER"]
    address = reverse("bulk-changes:detail", args=(done.pk,))
    assert "Its processing is restricted" in client_of(administrator).get(address).text
    restrict(second)
    undone = undo(power_user, done)
    assert (undone.changed_count, undone.kept_count) == (0, 1)
    assert categories(contacts) == [None, "PARTNER", None]
    assert ChangedContact.objects.get(contact_id=second.pk).state == "kept"


def test_the_owning_team_of_who_is_restricted_is_changed_for_it_says_nothing_of_the_person(
    steward: User, administrator: User
) -> None:
    chief = administrator.actor
    club = organisation.add_part(actor=chief, level=Level.COMMUNITY, name="Club")
    team = organisation.add_part(actor=chief, level=Level.TEAM, name="North", parent_id=club.pk)
    (contact,) = leesons(1)
    restrict(contact)
    assert tasks.made(ask(steward, Kind.OWNER, str(team.pk)).pk).changed_count == 1


def restrict(contact: Contact) -> None:
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="restricted", note="Contested")
