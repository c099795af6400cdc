"""What people say of golden values, against what sources say."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE, NOBODY, OVERNIGHT
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.golden import actions
from kith.golden.assembly import Supposed, assemble, preview, preview_supposed
from kith.golden.models import GoldenOverride
from kith.golden.overrides import state_of
from kith.golden.rules import Rules
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources.models import SourceRecord
from tests.claims import claim, place

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PINNED, UNTIL_CHANGED = GoldenOverride.Mode.PINNED, GoldenOverride.Mode.UNTIL_CHANGED


def waits() -> bool:
    return True


EDITS_WAIT = override_settings(KITH_EDITS_WAIT="tests.golden.test_overrides.waits")


def contact_of(*records: SourceRecord, kind: str = "person") -> Contact:
    contact = Contact.objects.create(kind=kind)
    place(contact, *records)
    return again(contact)


def again(contact: Contact) -> Contact:
    assemble([contact.pk])
    return Contact.objects.get(pk=contact.pk)


def say(contact: Contact, field: str, mode: str = PINNED, **value: str) -> GoldenOverride:
    return actions.override(actor=COMMAND_LINE, contact_id=contact.pk, field=field, value=value, mode=mode)


def phones(contact: Contact) -> list[str]:
    return list(contact.phones.order_by("position").values_list("value", flat=True))


def emails(contact: Contact) -> list[str]:
    return list(contact.emails.order_by("position").values_list("value", flat=True))


def test_k5_of_an_unpinned_edit_of_the_phone_the_sources_next_phone_wins() -> None:
    claim("TICKETING", "1", last_name="Reid", phone_1="99111111")
    contact = contact_of(SourceRecord.objects.get())
    say(contact, "phones", UNTIL_CHANGED, phone_1="+35799222222")
    assert phones(contact)[0] == "+35799222222"

    claim("TICKETING", "1", last_name="Reid", phone_1="99 111 111")
    assert phones(again(contact))[0] == "+35799222222", "the same value sent again changes nothing"

    claim("TICKETING", "1", last_name="Reid-Georgiou", phone_1="99111111")
    assert phones(again(contact))[0] == "+35799222222", "nor does another field"

    claim("TICKETING", "1", last_name="Reid", phone_1="99333333")
    assert phones(again(contact)) == ["+35799333333"]
    ended = GoldenOverride.objects.get()
    assert (ended.state, ended.ended_because) == ("ended", "source_changed")


def test_k5_a_pinned_edit_of_the_phone_stays() -> None:
    claim("TICKETING", "1", last_name="Reid", phone_1="99111111")
    contact = contact_of(SourceRecord.objects.get())
    say(contact, "phones", PINNED, phone_1="+35799222222")
    claim("TICKETING", "1", last_name="Reid", phone_1="99333333")
    assert phones(again(contact)) == ["+35799222222", "+35799333333"]


@EDITS_WAIT
def test_k5_an_edit_saved_today_is_pending_and_active_after_the_overnight_run() -> None:
    contact = contact_of(claim("TICKETING", "1", last_name="Reid", phone_1="99111111"))
    made = say(contact, "phones", phone_1="+35799222222")
    assert made.state == "pending"
    assert phones(again(contact)) == ["+35799111111"]

    assert actions.apply_pending(actor=OVERNIGHT) == 1
    contact.refresh_from_db()
    assert contact.stale_at is not None
    assert phones(again(contact))[0] == "+35799222222"
    assert actions.apply_pending(actor=OVERNIGHT) == 0


@EDITS_WAIT
def test_k5_a_pending_edit_can_be_cancelled_and_replaced() -> None:
    contact = contact_of(claim("TICKETING", "1", last_name="Reid", gender="female"))
    first = say(contact, "gender", gender="male")
    second = say(contact, "gender", gender="other")
    first.refresh_from_db()
    assert (first.state, first.ended_because) == ("ended", "replaced")
    actions.withdraw_override(actor=COMMAND_LINE, override_id=second.pk)
    second.refresh_from_db()
    assert second.ended_because == "cancelled"
    assert actions.apply_pending(actor=OVERNIGHT) == 0
    assert again(contact).gender == "female"


def test_x4_an_edit_carries_its_author_and_date_and_whether_it_is_pinned() -> None:
    contact = contact_of(claim("TICKETING", "1", first_name="Eleni", last_name="Reid"))
    made = say(contact, "name", first_name="Helen", last_name="Reid")
    contact.refresh_from_db()
    assert (contact.name, contact.first_name) == ("Helen Reid", "Helen")
    assert contact.provenance["overridden"] == {"name": made.pk}
    assert "name" not in contact.provenance
    assert (made.actor, made.mode, made.made_at is not None) == ("Command line", "pinned", True)
    entry = Entry.objects.get(event="GoldenOverrideMade")
    assert entry.detail == {"fields": ["name"], "mode": "pinned"}
    assert entry.group_id == contact.pk


def test_x4_unpinning_brings_the_computed_value_back() -> None:
    record = claim("TICKETING", "1", first_name="Eleni", last_name="Reid", birth_date="14/03/1987")
    contact = contact_of(record)
    before = golden_of(contact)
    made = say(contact, "birth_date", birth_date="15/03/1987")
    assert str(Contact.objects.get(pk=contact.pk).birth_date) == "1987-03-15"
    actions.withdraw_override(actor=COMMAND_LINE, override_id=made.pk)
    assert golden_of(contact) == before
    with pytest.raises(Conflict):
        actions.withdraw_override(actor=COMMAND_LINE, override_id=made.pk)


TEXTS = {
    "name": {"first_name": "Lena", "last_name": "Reid"},
    "gender": {"gender": "other"},
    "birth_date": {"birth_date": "1 Feb 1990"},
    "language": {"language": "de"},
    "direct_marketing": {"direct_marketing": "no"},
    "emails": {"email_1": "typed@example.org", "email_1_type": "home"},
    "phones": {"phone_1": "+35799777777"},
    "addresses": {"address_1_line1": "1 Typed Street", "address_1_city": "Paphos"},
}


@given(st.lists(st.tuples(st.sampled_from(sorted(TEXTS)), st.sampled_from(["pinned", "until_changed"]),
                          st.booleans()), min_size=1, max_size=5), st.randoms())  # fmt: skip
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_x4_whatever_was_edited_withdrawing_brings_exactly_the_computed_record_back(
    edits: list[tuple[str, str, bool]], random: Random
) -> None:
    with transaction.atomic():
        one = claim("A", "1", first_name="Eleni", last_name="Reid", email_1="one@example.com",
                    phone_1="99111111", address_1_line1="12 Harbour Walk")  # fmt: skip
        two = claim("B", "1", first_name="Helen", last_name="Reid", email_1="two@example.com",
                    birth_date="14/03/1987", direct_marketing="yes")  # fmt: skip
        contact = contact_of(one, two)
        before = golden_of(contact)
        for field, mode, leads in edits:
            actions.override(
                actor=COMMAND_LINE,
                contact_id=contact.pk,
                field=field,
                value=TEXTS[field],
                mode=mode,
                leads=leads,
            )
        in_force = list(GoldenOverride.objects.filter(state="in_force").values_list("pk", flat=True))
        random.shuffle(in_force)
        for pk in in_force:
            actions.withdraw_override(actor=COMMAND_LINE, override_id=pk)
        assert golden_of(contact) == before
        transaction.set_rollback(True)


@EDITS_WAIT
def test_k5_the_overnight_run_itself_puts_a_pending_edit_in_force() -> None:
    contact = contact_of(claim("TICKETING", "1", first_name="Eleni", last_name="Reid", phone_1="99111111"))
    say(contact, "phones", phone_1="+35799222222")
    run = execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    assert run.state == Run.State.DONE
    assert phones(contact) == ["+35799222222", "+35799111111"]
    assert GoldenOverride.objects.get().state == "in_force"


@EDITS_WAIT
def test_a_pending_edit_whose_source_changed_meanwhile_never_comes_into_force() -> None:
    contact = contact_of(claim("TICKETING", "1", last_name="Reid", phone_1="99111111"))
    say(contact, "phones", UNTIL_CHANGED, phone_1="+35799222222")
    claim("TICKETING", "1", last_name="Reid", phone_1="99333333")
    assert actions.apply_pending(actor=OVERNIGHT) == 0
    assert GoldenOverride.objects.get().ended_because == "source_changed"


def golden_of(contact: Contact) -> Mapping[str, object]:
    row = Contact.objects.filter(pk=contact.pk).values().get()
    kept = {name: value for name, value in row.items() if name not in {"assembled_at", "search"}}
    kept["search"] = str(row["search"])
    for name in ("emails", "phones", "addresses"):
        rows = getattr(contact, name).order_by("position").values()
        kept[name] = [{key: value for key, value in one.items() if key != "id"} for one in rows]
    return kept


def test_an_edit_says_that_there_is_no_value() -> None:
    contact = contact_of(claim("TICKETING", "1", last_name="Reid", birth_date="14/03/1987"))
    say(contact, "birth_date")
    assert Contact.objects.get(pk=contact.pk).birth_date is None


def test_one_of_the_emails_said_is_chosen_as_primary_and_none_is_hidden() -> None:
    one = claim("A", "1", last_name="Reid", email_1="one@example.com", claimed_at="2026-01-01")
    two = claim("B", "1", last_name="Reid", email_1="two@example.com", claimed_at="2020-01-01")
    contact = contact_of(one, two)
    assert emails(contact) == ["one@example.com", "two@example.com"]
    made = say(contact, "emails", email_1="two@example.com")
    assert emails(contact) == ["two@example.com", "one@example.com"]
    assert made.value["typed"] == []
    assert contact.emails.get(is_primary=True).source_record_id == two.pk


def test_a_value_that_nobody_says_is_nobodys_and_is_found() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", email_1="one@example.com"))
    say(contact, "emails", email_1="new@example.org", email_1_type="home")
    row = contact.emails.get(is_primary=True)
    assert (row.value, row.type, row.source_record_id) == ("new@example.org", "home", 0)
    lexemes = str(Contact.objects.get(pk=contact.pk).search)
    assert "'e:new@example.org'" in lexemes
    assert "'e:one@example.com'" in lexemes


def test_a_value_added_goes_last_and_those_typed_before_stay() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", email_1="one@example.com"))
    say(contact, "emails", email_1="first@example.org")
    actions.override(
        actor=COMMAND_LINE, contact_id=contact.pk, field="emails", value={"email_1": "added@example.org"},
        mode=PINNED, leads=False,
    )  # fmt: skip
    assert emails(contact) == ["first@example.org", "one@example.com", "added@example.org"]
    in_force = GoldenOverride.objects.get(state="in_force")
    actions.take_back_value(actor=COMMAND_LINE, override_id=in_force.pk, key="first@example.org")
    assert emails(contact) == ["one@example.com", "added@example.org"]
    in_force = GoldenOverride.objects.get(state="in_force")
    actions.take_back_value(actor=COMMAND_LINE, override_id=in_force.pk, key="added@example.org")
    assert emails(contact) == ["one@example.com"]
    assert not GoldenOverride.objects.filter(state="in_force").exists()


@EDITS_WAIT
def test_taking_one_value_of_a_waiting_list_back_lets_the_others_wait_on() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", email_1="one@example.com"))
    say(contact, "emails", email_1="first@example.org")
    actions.override(
        actor=COMMAND_LINE, contact_id=contact.pk, field="emails", value={"email_1": "added@example.org"},
        mode=PINNED, leads=False,
    )  # fmt: skip
    waiting = GoldenOverride.objects.get(state=GoldenOverride.State.PENDING)
    left = actions.take_back_value(actor=COMMAND_LINE, override_id=waiting.pk, key="first@example.org")
    still_waiting = GoldenOverride.objects.get(state=GoldenOverride.State.PENDING)
    assert (left, still_waiting.value["emails"]) == (still_waiting.pk, ["added@example.org"])
    assert emails(contact) == ["one@example.com"]


def test_a_value_in_force_taken_back_leaves_what_waits_but_for_that_value() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", email_1="one@example.com"))
    say(contact, "emails", email_1="first@example.org")
    in_force = say(contact, "emails", email_1="second@example.org")
    with EDITS_WAIT:
        say(contact, "emails", email_1="added@example.org")
        actions.take_back_value(actor=COMMAND_LINE, override_id=in_force.pk, key="first@example.org")
    assert emails(contact) == ["second@example.org", "one@example.com"]
    assert actions.apply_pending(actor=OVERNIGHT) == 1
    assert emails(again(contact)) == ["added@example.org", "one@example.com", "second@example.org"]


def test_a_typed_value_is_corrected_in_its_place() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", email_1="one@example.com"))
    say(contact, "emails", email_1="tpyo@example.org")
    actions.override(
        actor=COMMAND_LINE, contact_id=contact.pk, field="emails", value={"email_1": "typo@example.org"},
        mode=PINNED, leads=False, instead_of="tpyo@example.org",
    )  # fmt: skip
    assert emails(contact) == ["typo@example.org", "one@example.com"]


def test_an_address_of_a_source_chosen_by_hand_stands_once() -> None:
    one = claim("A", "1", last_name="Reid", address_1_line1="12 Harbour Walk", address_1_postcode="3042",
                claimed_at="2020-01-01")  # fmt: skip
    two = claim("B", "1", last_name="Reid", address_1_line1="1 Sea Road", address_1_city="Limassol",
                claimed_at="2026-01-01")  # fmt: skip
    contact = contact_of(one, two)
    say(contact, "addresses", address_1_line1="12 harbour walk", address_1_postcode="3042")
    rows = list(contact.addresses.order_by("position").values_list("line1", "source_record_id"))
    assert rows == [("12 Harbour Walk", one.pk), ("1 Sea Road", two.pk)]


def test_every_single_field_can_be_said_and_taken_back() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid"))
    said = {
        "gender": "female", "birth_date": "14/03/1987", "id_number": "X123456", "passport_number": "K1234567",
        "social_security_number": "AB123456C", "language": "el", "residence_country": "CY",
        "direct_marketing": "yes", "affiliate_marketing": "no", "company_name": "Reid Ltd",
        "vat_number": "CY10259033P", "registration_number": "HE123456",
    }  # fmt: skip
    before = golden_of(contact)
    made = [say(contact, field, UNTIL_CHANGED, **{field: text}) for field, text in said.items()]
    contact.refresh_from_db()
    assert all(getattr(contact, field) is not None for field in said)
    assert set(contact.provenance["overridden"]) == set(said)
    for one in made:
        actions.withdraw_override(actor=COMMAND_LINE, override_id=one.pk)
    assert golden_of(contact) == before


def test_an_opt_out_of_a_source_gives_way_only_to_a_pinned_yes() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", direct_marketing="no"))
    with pytest.raises(Refused, match="A source says no"):
        say(contact, "direct_marketing", UNTIL_CHANGED, direct_marketing="yes")
    say(contact, "direct_marketing", PINNED, direct_marketing="yes")
    assert Contact.objects.get(pk=contact.pk).direct_marketing is True


def test_grouping_never_lets_a_pinned_yes_outrank_the_no_of_the_other_contact() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", direct_marketing="no"))
    say(contact, "direct_marketing", PINNED, direct_marketing="yes")
    place(contact, claim("B", "1", last_name="Reid", direct_marketing="no"))
    assert again(contact).direct_marketing is False
    assert "direct_marketing" not in contact.provenance.get("overridden", {})


def test_of_two_contacts_grouped_a_typed_no_to_marketing_wins_over_a_pinned_yes() -> None:
    first = contact_of(claim("A", "1", last_name="Reid"))
    second = contact_of(claim("B", "1", last_name="Reid"))
    say(first, "direct_marketing", PINNED, direct_marketing="yes")
    say(second, "direct_marketing", UNTIL_CHANGED, direct_marketing="no")
    join(first, second)
    assert again(first).direct_marketing is False


def join(master: Contact, child: Contact) -> None:
    """As grouping would, without its lineage."""
    child.memberships.update(contact=master)


def test_x8_of_two_contacts_grouped_the_masters_edit_counts_then_the_pinned_then_the_newest() -> None:
    a = contact_of(claim("A", "1", last_name="Reid", gender="female"))
    b = contact_of(claim("B", "1", last_name="Reid", gender="female"))
    c = contact_of(claim("C", "1", last_name="Reid", gender="female"))
    say(a, "gender", UNTIL_CHANGED, gender="male")
    say(b, "gender", PINNED, gender="other")
    say(c, "gender", UNTIL_CHANGED, gender="female")
    join(a, c)
    assert again(a).gender == "female", "the newest"
    join(a, b)
    assert again(a).gender == "other", "the pinned one"
    leading = SourceRecord.objects.get(source__code="A").pk
    Contact.objects.filter(pk=a.pk).update(leading_record_ids=[leading])
    assert again(a).gender == "male", "the master's"


def test_grouping_and_ungrouping_carry_the_edit_with_its_system_ref() -> None:
    a = contact_of(claim("A", "1", first_name="Eleni", last_name="Reid"))
    b = contact_of(claim("B", "1", first_name="Helen", last_name="Reid", claimed_at="2026-01-01"))
    say(a, "name", PINNED, first_name="Lena", last_name="Reid")
    moved = list(b.memberships.values_list("record_id", flat=True))
    join(a, b)
    assert again(a).name == "Lena Reid"
    a.memberships.filter(record_id__in=moved).update(contact=b)
    assert (again(a).name, again(b).name) == ("Lena Reid", "Helen Reid")


def test_a_new_edit_replaces_what_grouping_brought_together() -> None:
    a = contact_of(claim("A", "1", last_name="Reid", gender="female"))
    b = contact_of(claim("B", "1", last_name="Reid", gender="female"))
    say(b, "gender", PINNED, gender="other")
    join(a, b)
    say(again(a), "gender", UNTIL_CHANGED, gender="male")
    assert Contact.objects.get(pk=a.pk).gender == "male"
    assert GoldenOverride.objects.filter(state="in_force").count() == 1


def test_previews_honour_edits_and_write_nothing() -> None:
    record = claim("A", "1", first_name="Eleni", last_name="Reid", phone_1="99111111")
    contact = contact_of(record)
    say(contact, "name", UNTIL_CHANGED, first_name="Lena", last_name="Reid")
    say(contact, "phones", UNTIL_CHANGED, phone_1="+35799222222")
    read = preview([contact.pk], rules=Rules.shipped())[contact.pk]
    assert (read["name"], read["phones"]) == ("Lena Reid", "+35799222222, +35799111111")
    assert preview_supposed([Supposed(key=7, record_ids=(record.pk,))])[7]["name"] == "Lena Reid"

    claim("A", "1", first_name="Elena", last_name="Reid", phone_1="99111111")
    assert preview([contact.pk], rules=Rules.shipped())[contact.pk]["name"] == "Elena Reid"
    assert GoldenOverride.objects.get(field="name").state == "in_force", "a preview ends nothing"


def test_what_cannot_be_read_is_refused_at_its_field() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid"))
    for field, typed in (
        ("birth_date", {"birth_date": "31/02/1990"}),
        ("emails", {"email_1": "nobody"}),
        ("phones", {"phone_1": "12"}),
        ("name", {"first_name": " "}),
        ("name", {"last_name": "n/a"}),
        ("direct_marketing", {"direct_marketing": ""}),
        ("addresses", {}),
        ("residence_country", {"residence_country": "Atlantis"}),
    ):
        with pytest.raises(Refused) as refused:
            say(contact, field, **typed)
        assert list(refused.value.fields), field
        assert all(text.endswith(".") for text in refused.value.fields.values())
    assert not GoldenOverride.objects.exists()


@pytest.mark.parametrize("field", ["shoe_size", "name", "gender"])
def test_a_company_has_no_field_of_a_person(field: str) -> None:
    contact = contact_of(claim("A", "1", company_name="Reid Ltd"), kind="company")
    with pytest.raises(Refused):
        say(contact, field, **{field: "male"})


def test_two_people_editing_one_field_the_second_is_told() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid", gender="female"))
    seen = state_of(contact, "gender")
    say(contact, "gender", gender="male")
    with pytest.raises(Conflict, match="Somebody changed this meanwhile"):
        actions.override(
            actor=COMMAND_LINE, contact_id=contact.pk, field="gender", value={"gender": "other"},
            mode=PINNED, seen=seen,
        )  # fmt: skip
    assert Contact.objects.get(pk=contact.pk).gender == "male"


def test_editing_needs_the_permission_and_a_contact() -> None:
    contact = contact_of(claim("A", "1", last_name="Reid"))
    made = say(contact, "gender", gender="male")
    for act in (
        lambda: actions.override(actor=NOBODY, contact_id=contact.pk, field="gender", value={}, mode=PINNED),
        lambda: actions.withdraw_override(actor=NOBODY, override_id=made.pk),
        lambda: actions.take_back_value(actor=NOBODY, override_id=made.pk, key="x"),
        lambda: actions.apply_pending(actor=NOBODY),
        lambda: actions.mark_told(actor=NOBODY, tasks=()),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        actions.withdraw_override(actor=COMMAND_LINE, override_id=made.pk + 1)
    with pytest.raises(NotFound):
        actions.override(actor=COMMAND_LINE, contact_id=0, field="gender", value={}, mode=PINNED)
    with pytest.raises(Refused, match="pinned"):
        say(contact, "gender", "for ever", gender="male")


def test_assembling_asks_once_more_where_nobody_said_anything_however_many_there_are() -> None:
    few = [contact_of(claim("A", "1", last_name="Reid")).pk]
    many = [contact_of(claim("B", str(n), last_name="Reid")).pk for n in range(20)]
    counts = []
    for ids in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assemble(ids)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    for pk in many:
        say(Contact.objects.get(pk=pk), "gender", gender="male")
    with CaptureQueriesContext(connection) as asked:
        assemble(many)
    assert len(asked) <= counts[0] + 2
