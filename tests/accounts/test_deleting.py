"""C28, A15: a contact is deleted for good, or every reason is given why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.access.models import User
from kith.accounts.actions import add_account, add_item, move_account
from kith.accounts.rules import AccountDetails, ItemDetails
from kith.audit.models import Entry
from kith.contacts import queries
from kith.contacts.actions import suppress
from kith.contacts.deletion.actions import delete_contact
from kith.contacts.models import Contact, Suppression
from kith.contacts.owning.actions import change_owner
from kith.contacts.queries import ContactSearch
from kith.golden.models import GoldenOverride, ValueStatement
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, KeepApart, Split, Undo, Ungroup
from kith.grouping.models import Decision
from kith.grouping.previewing import preview
from kith.kernel.clock import now
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.notes.actions import add_note
from kith.organisation import actions as organisation_actions
from kith.organisation.levels import Level
from kith.relations.actions import add_relation
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership, PastClaim, SourceRecord, Tombstone
from kith.stewardship.actions import ask_for_help
from tests.architecture.tree import KITH
from tests.claims import claim
from tests.contacts import factories
from tests.organisation.making import organisation

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
UNUSUAL = "Quetzalcoatlus"


def _delete(contact_id: int) -> int:
    return delete_contact(actor=COMMAND_LINE, contact_id=contact_id)


def _everything_said(word: str) -> list[str]:
    """Tables that hold the word anywhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s)', [f"%{word}%"])
            if cursor.fetchall()[0][0]:
                found.append(table)
    return found


def test_c28_a_contact_without_an_account_is_deleted_and_search_finds_nothing() -> None:
    record = factories.record(
        {"first_name": "Ann", "last_name": UNUSUAL, "email_1": f"{UNUSUAL}@example.org"}, ref=f"REF-{UNUSUAL}"
    )
    ann = factories.contact(record)
    bob = factories.person("Bob", "Leeson")
    assert ContactSearch(text=UNUSUAL).found(actor=COMMAND_LINE).ids == (ann.pk,)
    assert _delete(ann.pk) == 1
    for text in (UNUSUAL, f"{UNUSUAL}@example.org", str(ann.pk), f"REF-{UNUSUAL}"):
        assert ContactSearch(text=text).found(actor=COMMAND_LINE).ids == ()
    assert not Contact.objects.filter(pk=ann.pk).exists()
    assert queries.successor_of(bob.pk) == bob.pk
    entry = Entry.objects.get(event="ContactDeleted")
    assert (entry.group_id, entry.detail) == (ann.pk, {"system_refs": 1})
    with pytest.raises(NotFound):
        _delete(ann.pk)


def test_a15_a_terminated_account_or_an_ended_item_forbids_it_and_every_reason_is_said() -> None:
    made = organisation()
    ann = factories.person("Ann", "Leeson")
    account = add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=AccountDetails(number="A-1"))
    move_account(actor=COMMAND_LINE, account_id=account.pk, to="terminated")
    add_item(actor=COMMAND_LINE, contact_id=ann.pk, details=ItemDetails(kind="lead", title="Season ticket"))
    add_item(
        actor=COMMAND_LINE,
        contact_id=ann.pk,
        details=ItemDetails(kind="job", title="Repair", is_running=False),
    )
    organisation_actions.edit_part(
        actor=COMMAND_LINE, level=Level.TEAM, part_id=made.sales.pk, name="Sales", group_id=ann.pk
    )
    case = ask_for_help(actor=COMMAND_LINE, title="Two passports", contact_id=ann.pk)
    with pytest.raises(Refused) as refused:
        _delete(ann.pk)
    for reason in (
        "it has 1 account",
        "1 linked item runs",
        "1 linked item that ended",
        "the team Sales names it",
        f"ase {case.pk} is not resolved",
    ):
        assert reason in refused.value.message
    assert Contact.objects.filter(pk=ann.pk).exists()
    assert not Tombstone.objects.exists()


def test_c28_everything_that_hangs_on_its_system_refs_goes_and_no_word_of_it_is_left() -> None:
    made = organisation()
    claim("TICKETS", "T1", first_name=UNUSUAL, last_name="Old", email_1="old@example.org")
    first = claim("TICKETS", "T1", first_name=UNUSUAL, last_name="Leeson", email_1="q@example.org")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sources_pastclaim (record_id, claim, content_hash, received_at, replaced_at)"
            " VALUES (%s, jsonb_build_object('fields', jsonb_build_object('first_name', %s)),"
            " gen_random_uuid(), now(), now())",
            [first.pk, UNUSUAL],
        )
    second = claim("SHOP", "S1", first_name=UNUSUAL, last_name="Leeson", email_1="q@example.org")
    other = claim("SHOP", "S2", first_name="Bob", last_name="Reid", email_1="bob@example.org")
    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    ann, bob = place[first.pk], place[other.pk]
    assert place[second.pk] == ann
    factories.transaction(second, "12.50")
    suppress(actor=COMMAND_LINE, contact_id=ann, reason=Suppression.Reason.MANUAL, note=f"says {UNUSUAL}")
    change_owner(actor=COMMAND_LINE, contact_ids=[ann], team_id=made.sales.pk)
    carry_out(actor=COMMAND_LINE, intent=KeepApart(contacts=(ann, bob)))
    GoldenOverride.objects.create(
        record_id=first.pk,
        field="first_name",
        value={"first_name": UNUSUAL},
        mode="pinned",
        state="in_force",
        against="x",
        actor="Ann",
    )
    add_note(actor=COMMAND_LINE, contact_id=ann, text=f"{UNUSUAL} called")
    add_relation(actor=COMMAND_LINE, contact_id=ann, other_id=bob, code="FRIEND", note=f"says {UNUSUAL}")
    ValueStatement.objects.create(
        record_id=first.pk, field="emails", key="q", about="note", said=UNUSUAL, actor="Ann", at=now()
    )
    assert _everything_said(UNUSUAL)
    assert _delete(ann) == 2
    assert _everything_said(UNUSUAL) == []
    assert _named_record_ids() & {first.pk, second.pk} == set()
    assert not Decision.objects.exists()
    assert not PastClaim.objects.filter(record_id=first.pk).exists()
    run = runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert run.state == Run.State.DONE
    assert list(Membership.objects.values_list("record_id", flat=True)) == [other.pk]


_NAMES = {
    "record_id",
    "from_record_id",
    "to_record_id",
    "left_id",
    "right_id",
    "left_record_id",
    "right_record_id",
    "source_record_id",
    "primary_record_id",
}
_STAY = {
    ("grouping_move", "record_id"): "lineage is numbers only, and other contacts' histories name it",
    ("sources_change", "record_id"): "until the next run, which has to know that it is gone",
    ("vault_datakey", "record_id"): "a key that is destroyed stays destroyed",
}


def _named_record_ids() -> set[int]:
    """Every record id that any table names, but for those that may."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type = 'bigint' AND column_name = ANY(%s)",
            [sorted(_NAMES)],
        )
        columns = [one for one in cursor.fetchall() if one not in _STAY]
        assert len(columns) > 15
        found: set[int] = set()
        for table, column in columns:
            cursor.execute(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')
            found |= {pk for (pk,) in cursor.fetchall()}
    return found


def test_every_table_that_names_a_system_ref_is_dealt_with() -> None:
    """A new one goes with the contact, forbids to delete it, or says here why it may stay."""
    written = "".join(
        path.read_text(encoding="utf-8")
        for path in KITH.rglob("*.py")
        if path.name == "deleting.py" or path.parent.name == "deletion"
    )
    tables = {
        model._meta.db_table: model.__name__
        for model in apps.get_models()
        if any(field.column in _NAMES for field in model._meta.concrete_fields)
    }
    stay = {table for table, _ in _STAY} | {"organisation_userplace", "contacts_contact"}
    forgotten = [
        table
        for table, name in tables.items()
        if table not in stay and table not in written and f"{name}.objects" not in written
    ]
    blocking = {"organisation_community", "organisation_orggroup", "organisation_unit"}
    by_actions = {
        "attachments_photo",
        "attachments_storedfile",
        "bulk_changes_changedcontact",
        "printouts_sending",
        "relations_relation",
    }
    assert set(forgotten) <= blocking | by_actions


def test_groupids_that_led_to_it_lead_to_the_rest_of_their_system_refs_or_go_too() -> None:
    one, two = factories.record({"first_name": UNUSUAL}), factories.record({"first_name": "Bob"})
    mixed = factories.contact(one, two)
    operation = carry_out(actor=COMMAND_LINE, intent=Ungroup(contact=mixed.pk))
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    ann, bob = place[one.pk], place[two.pk]
    mixed.refresh_from_db()
    assert mixed.successor_id == ann
    _delete(ann)
    mixed.refresh_from_db()
    assert (mixed.successor_id, mixed.name) == (bob, "")
    assert _everything_said(UNUSUAL) == []
    outcome = preview(actor=COMMAND_LINE, intent=Undo(operation=operation.pk))
    assert any("is gone from Kith" in words for words in outcome.cannot)
    _delete(bob)
    assert not Contact.objects.exists()
    with pytest.raises(Refused, match="gone from Kith"):
        carry_out(actor=COMMAND_LINE, intent=Undo(operation=operation.pk))


def test_undoing_what_named_a_deleted_contact_is_refused_in_words() -> None:
    eleni, helen = factories.person(), factories.person("Helen", "Reid")
    grouped = carry_out(actor=COMMAND_LINE, intent=Group(master=eleni.pk, children=(helen.pk,)))
    _delete(eleni.pk)
    assert not Contact.objects.exists()
    for intent in (Undo(operation=grouped.pk), Ungroup(contact=eleni.pk)):
        with pytest.raises(Refused, match=r"gone from Kith|no contact"):
            carry_out(actor=COMMAND_LINE, intent=intent)


def test_undoing_a_split_whose_one_part_was_deleted_says_what_it_cannot() -> None:
    records = [factories.record({"first_name": name}) for name in ("Ann", "Bob", "Cid")]
    three = factories.contact(*records)
    parts = tuple((one.pk,) for one in records)
    operation = carry_out(actor=COMMAND_LINE, intent=Split(contact=three.pk, parts=parts))
    place = dict(Membership.objects.values_list("record_id", "contact_id"))
    assert three.pk in place.values()
    _delete(three.pk)
    with pytest.raises(Refused, match="which was deleted"):
        carry_out(actor=COMMAND_LINE, intent=Undo(operation=operation.pk))
    assert sorted(Membership.objects.values_list("contact_id", flat=True)) == sorted(
        set(place.values()) - {three.pk}
    )


def test_pages_that_tell_of_the_past_do_without_what_was_deleted(
    administrator: User, client_of: ClientOf
) -> None:
    records = [factories.record({"first_name": name}) for name in (UNUSUAL, "Bob", "Cid")]
    three = factories.contact(*records)
    alone = (records[0].pk,)
    rest = (records[1].pk, records[2].pk)
    split = carry_out(actor=COMMAND_LINE, intent=Split(contact=three.pk, parts=(rest, alone)))
    gone = Membership.objects.get(record=records[0]).contact_id
    _delete(gone)
    client = client_of(administrator)
    kept = Membership.objects.get(record=records[1]).contact_id
    addresses = [
        reverse("contacts:detail", args=[kept]),
        reverse("contacts:tab", args=[kept, "history"]),
        reverse("contacts:tab", args=[kept, "system-refs"]),
        reverse("grouping:path", args=[records[1].pk]),
        reverse("grouping:as-of", args=[kept]),
        reverse("stewardship:operations"),
        reverse("stewardship:operation", args=[split.pk]),
        reverse("stewardship:undo", args=[split.pk]),
        reverse("audit:log"),
    ]
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200, address
        assert UNUSUAL not in page.text
    for lost in (reverse("contacts:detail", args=[gone]), reverse("grouping:path", args=[records[0].pk])):
        assert client.get(lost).status_code == 404


def test_a_contact_that_changed_since_the_person_looked_is_not_deleted() -> None:
    ann = factories.person("Ann", "Leeson")
    with pytest.raises(Conflict):
        delete_contact(actor=COMMAND_LINE, contact_id=ann.pk, seen=2)


def test_deleting_needs_its_permission(steward: User) -> None:
    ann = factories.person("Ann", "Leeson")
    with pytest.raises(NotAllowed):
        delete_contact(actor=steward.actor, contact_id=ann.pk)


# The page


def test_c28_the_page_says_what_goes_asks_twice_and_leads_to_the_search(
    power_user: User, client_of: ClientOf
) -> None:
    ann = factories.person("Ann", "Leeson", ref="T-4711")
    factories.transaction(SourceRecord.objects.get(), "5")
    client = client_of(power_user)
    detail = reverse("contacts:detail", args=[ann.pk])
    address = reverse("contacts:delete", args=[ann.pk])
    assert address in client.get(detail).text
    page = client.get(address)
    assert page.status_code == 200
    for words in ("System Refs", "T-4711", "ransactions its sources reported", "no undo"):
        assert words in page.text
    unsure = client.post(address, {"seen": "1"})
    assert unsure.status_code == 422
    assert "deleted for good" in unsure.text
    assert client.post(address, {"seen": "2", "sure": "on"}).status_code == 422
    done = client.post(address, {"seen": "1", "sure": "on"})
    assert (done.status_code, done["Location"]) == (302, reverse("contacts:search"))
    assert client.get(detail).status_code == 404
    assert client.get(address).status_code == 404
    assert client.get(reverse("audit:log")).status_code in {200, 403}


def test_the_page_lists_every_reason_and_offers_nothing(power_user: User, client_of: ClientOf) -> None:
    ann = factories.person("Ann", "Leeson")
    add_account(actor=COMMAND_LINE, contact_id=ann.pk, details=AccountDetails(number="A-1"))
    address = reverse("contacts:delete", args=[ann.pk])
    page = client_of(power_user).get(address)
    assert "It has 1 account" in page.text
    assert "button-danger" not in page.text
    assert client_of(power_user).post(address, {"seen": "1", "sure": "on"}).status_code == 422


def test_a_steward_does_not_delete(steward: User, client_of: ClientOf) -> None:
    ann = factories.person("Ann", "Leeson")
    address = reverse("contacts:delete", args=[ann.pk])
    assert client_of(steward).get(address).status_code == 403
    assert address not in client_of(steward).get(reverse("contacts:detail", args=[ann.pk])).text
    assert Client().get(address).status_code == 302
