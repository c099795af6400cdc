"""Promise 6 for marketing: who belonged to a contact that said no goes on saying no when it comes apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.contacts import queries
from kith.contacts.models import Contact, KeptOptOut
from kith.contacts.rights.seeing import seen
from kith.contacts.said import contact_out
from kith.golden import actions as golden
from kith.golden import opt_outs
from kith.golden.assembly import assemble, preview
from kith.golden.details import KEPT_APART
from kith.golden.models import GoldenOverride
from kith.golden.rules import AUTHORISATIONS, Attribute, Rules, TieBreaker
from kith.golden.versions import rules_in_force
from kith.grouping import membership
from kith.grouping.actions import carry_out
from kith.grouping.history.as_of import as_of
from kith.grouping.intents import Group, Intent, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Move, Operation
from kith.grouping.previewing import preview as preview_of
from kith.grouping.what_if import actions as what_if
from kith.grouping.what_if.candidate import Candidate
from kith.runs import actions as runs
from kith.runs.models import Run, RunSettings
from kith.sources.models import Membership, PastClaim, SourceRecord
from tests.claims import claim, place, source
from tests.grouping import what_if_stores as stores

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ELENI = {"first_name": "Eleni", "last_name": "Reid"}
PINNED, UNTIL_CHANGED = GoldenOverride.Mode.PINNED, GoldenOverride.Mode.UNTIL_CHANGED


@pytest.fixture(autouse=True)
def typed_in() -> None:
    source("LOCAL")


def contact_of(*records: SourceRecord) -> Contact:
    contact = Contact.objects.create(kind="person")
    place(contact, *records)
    assemble([contact.pk])
    return Contact.objects.get(pk=contact.pk)


def three(*, of: Sequence[str] = ("no", "", "yes")) -> tuple[Contact, list[SourceRecord]]:
    """One contact of System Refs that say so of direct marketing; '' says nothing."""
    said: list[dict[str, str]] = [{"direct_marketing": word} if word else {} for word in of]
    records = [claim("TICKETS", f"T{number}", **ELENI, **words) for number, words in enumerate(said, start=1)]
    return contact_of(*records), records


def do(intent: Intent) -> Operation:
    return carry_out(actor=COMMAND_LINE, intent=intent, lift=True)


def undo(operation: Operation) -> Operation:
    return do(Undo(operation=operation.pk))


def contact_now(record: SourceRecord) -> Contact:
    return Contact.objects.get(memberships=record.pk)


def says(record: SourceRecord) -> bool | None:
    return contact_now(record).direct_marketing


def kept() -> set[int]:
    """System Refs with one in force."""
    return set(
        KeptOptOut.objects.filter(withdrawn_by=None, ended_at=None).values_list("record_id", flat=True)
    )


def overnight() -> None:
    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)


def again(record: SourceRecord, **fields: str) -> None:
    """Its source says so now, and the golden record is made anew."""
    claim("TICKETS", record.system_ref, **ELENI, **fields)
    assemble([contact_now(record).pk])


def test_ungrouping_leaves_the_no_on_every_part() -> None:
    contact, records = three()
    do(Ungroup(contact=contact.pk))
    assert len({contact_now(one).pk for one in records}) == 3
    assert [says(one) for one in records] == [False, False, False]
    assert kept() == {records[1].pk, records[2].pk}, "who says no himself needs none"


def test_splitting_and_moving_leave_it_too() -> None:
    contact, (first, second, third) = three()
    do(Split(contact=contact.pk, parts=((first.pk, second.pk), (third.pk,))))
    assert [says(one) for one in (second, third)] == [False, False]
    other = contact_of(claim("SHOP", "9", last_name="Adams", direct_marketing="yes"))
    do(MoveRef(record=second.pk, to=other.pk))
    assert (says(second), Contact.objects.get(pk=other.pk).direct_marketing) == (False, False)


def test_who_agreed_and_was_never_refused_goes_on_agreeing() -> None:
    contact, records = three(of=("yes", "", "yes"))
    do(Ungroup(contact=contact.pk))
    assert [says(one) for one in records] == [True, None, True]
    assert not KeptOptOut.objects.exists()


def test_a_no_that_a_person_typed_is_kept_for_every_part() -> None:
    contact, records = three(of=("", "yes", ""))
    golden.override(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        field="direct_marketing",
        value={"direct_marketing": "no"},
        mode=UNTIL_CHANGED,
    )
    do(Ungroup(contact=contact.pk))
    assert [says(one) for one in records] == [False, False, False]


def test_what_its_own_source_says_next_counts_again() -> None:
    contact, (_first, second, third) = three()
    do(Ungroup(contact=contact.pk))
    again(second, direct_marketing="yes")
    assert says(second) is True
    again(second)
    assert says(second) is None, "it is over, also when the source takes its word back"
    again(third, direct_marketing="yes", phone_1="+35799123456")
    assert says(third) is False, "a yes said before it came apart is no news"
    assert kept() == {third.pk}


def test_a_yes_that_arrived_after_the_golden_record_was_made_is_not_buried() -> None:
    contact, (first, second, third) = three()
    for record in (first, third):
        before = SourceRecord.objects.get(pk=record.pk)
        claim("TICKETS", record.system_ref, **ELENI, direct_marketing="yes", phone_1="+35799123456")
        PastClaim.objects.create(
            record_id=record.pk,
            claim=before.claim,
            content_hash=uuid4(),
            received_at=before.received_at,
            replaced_at=timezone.now(),
        )
    do(Ungroup(contact=contact.pk))
    assert [says(one) for one in (first, second, third)] == [True, False, False]


def test_a_person_pins_a_yes_in_its_face() -> None:
    contact, (_first, second, _third) = three()
    do(Ungroup(contact=contact.pk))
    part = contact_now(second)
    made = golden.override(
        actor=COMMAND_LINE,
        contact_id=part.pk,
        field="direct_marketing",
        value={"direct_marketing": "yes"},
        mode=PINNED,
    )
    assert (says(second), made.value["despite"]) == (True, [second.pk])


def test_undoing_takes_it_away_and_undoing_that_brings_it_back() -> None:
    contact, records = three()
    operation = do(Ungroup(contact=contact.pk))
    for _ in range(2):
        undoing = undo(operation)
        assert (kept(), says(records[1])) == (set(), False)
        operation = undo(undoing)
        assert kept() == {records[1].pk, records[2].pk}
        assert [says(one) for one in records] == [False, False, False]
    assert KeptOptOut.objects.count() == 6, "what ended it says so"


def test_undoing_does_not_take_away_the_only_no_there_is() -> None:
    contact, (first, second, _third) = three(of=("no", "", ""))
    operation = do(Ungroup(contact=contact.pk))
    again(first, direct_marketing="yes")
    undo(operation)
    assert (says(first), says(second)) == (False, False)


def test_undoing_a_later_one_leaves_what_an_earlier_one_kept() -> None:
    contact, (_first, second, third) = three(of=("no", "", ""))
    do(Ungroup(contact=contact.pk))
    other = contact_now(third)
    master = contact_now(second)
    joined = do(Group(master=master.pk, children=(other.pk,)))
    undo(joined)
    assert kept() == {second.pk, third.pk}
    assert [says(one) for one in (second, third)] == [False, False]


def test_the_preview_shows_the_no_that_is_kept() -> None:
    contact, records = three()
    intent = Ungroup(contact=contact.pk)
    shown = preview_of(actor=COMMAND_LINE, intent=intent).contacts
    assert [one.golden["direct_marketing"] for one in shown] == ["No", "No", "No"]
    assert not KeptOptOut.objects.exists()
    undoing = undo(do(intent))
    shown = preview_of(actor=COMMAND_LINE, intent=Undo(operation=undoing.pk)).contacts
    assert [one.golden["direct_marketing"] for one in shown] == ["No", "No", "No"]
    assert len(records) == len(shown)


def test_a_kept_no_makes_no_claim_fuller_than_its_source_made_it() -> None:
    """Who says more leads where the rest is even; a no put into its mouth is nothing it said."""
    told, fuller, silent, other = fuller_and_silent(3)
    third = claim("SHOP", "3", **ELENI)
    contact = contact_of(told, fuller, silent, other, third)
    assert contact.first_name == "Eleni"
    do(Split(contact=contact.pk, parts=((told.pk, other.pk, third.pk), (fuller.pk, silent.pk))))
    part = contact_now(silent)
    then = as_of(part, at=timezone.now()).contact
    assert then is not None
    assert (part.first_name, then.first_name) == ("Eleni", "Eleni")


def fuller_and_silent(number: int) -> list[SourceRecord]:
    """System Refs that say no, then one that is first by all else, and says nothing; and one that says no."""
    told = [claim("TICKETS", f"T{at}", **ELENI, direct_marketing="no") for at in range(1, number)]
    silent = claim("TICKETS", "A", first_name="Helen", last_name="Reid")
    other = claim("TICKETS", "U", **ELENI, direct_marketing="no")
    SourceRecord.objects.update(claimed_at=None, received_at=timezone.now())
    return [*told, silent, other]


def test_the_preview_of_an_undoing_names_contacts_as_they_are_named_afterwards() -> None:
    told, silent, _other = fuller_and_silent(2)
    operation = do(Ungroup(contact=contact_of(told, silent).pk))
    (shown,) = preview_of(actor=COMMAND_LINE, intent=Undo(operation=operation.pk)).contacts
    undo(operation)
    assert shown.name == contact_now(silent).name == "Eleni Reid"


def test_the_preview_of_an_undoing_is_right_where_the_strictest_does_not_win() -> None:
    """Rules of one's own may say that the latest word counts: then a kept no that goes changes the value."""
    by_latest = {**rules_in_force().by_field, "direct_marketing": (TieBreaker(Attribute.CLAIMED_AT),)}
    golden.save_rules(actor=COMMAND_LINE, rules=Rules(by_field=by_latest))
    _contact, records = three(of=("yes", "no", ""))
    SourceRecord.objects.update(claimed_at=timezone.now() - timedelta(days=1))
    SourceRecord.objects.filter(pk=records[1].pk).update(claimed_at=timezone.now())
    assemble([contact_now(records[0]).pk])
    operation = do(Ungroup(contact=contact_now(records[0]).pk))
    SourceRecord.objects.filter(pk=records[0].pk).update(claimed_at=timezone.now())
    (shown,) = preview_of(actor=COMMAND_LINE, intent=Undo(operation=operation.pk)).contacts
    undo(operation)
    assert (shown.golden["direct_marketing"], says(records[0])) == ("Yes", True)


def test_a_run_that_separates_keeps_it() -> None:
    mail = {"email_1": "reid@example.com", "birth_date": "1987-03-14"}
    first = claim("TICKETS", "1", **ELENI, **mail, direct_marketing="no")
    second = claim("SHOP", "A", **ELENI, **mail)
    overnight()
    assert contact_now(first) == contact_now(second)
    claim("SHOP", "A", first_name="Petros", last_name="Adams", email_1="p@example.com")
    overnight()
    assert contact_now(first) != contact_now(second)
    assert (says(first), says(second)) == (False, False)


def test_as_of_shows_it_while_it_was_kept() -> None:
    contact, (_first, second, _third) = three()
    operation = do(Ungroup(contact=contact.pk))
    part = contact_now(second)
    came = Move.objects.get(to_contact_id=part.pk)
    apart = timezone.now()
    for at in (came.at, apart):
        then = as_of(part, at=at).contact
        assert then is not None
        assert then.direct_marketing is False
    undo(operation)
    then = as_of(part, at=apart).contact
    assert then is not None
    assert then.direct_marketing is False


def test_the_golden_details_say_so(client_of_steward: Client) -> None:
    contact, (_first, second, _third) = three()
    do(Ungroup(contact=contact.pk))
    page = client_of_steward.get(f"/contacts/{contact_now(second).pk}/").content.decode()
    assert KEPT_APART in page


@pytest.fixture
def client_of_steward(steward: object, client_of: object) -> Client:
    assert callable(client_of)
    client = client_of(steward)
    assert isinstance(client, Client)
    return client


def test_where_nothing_was_ever_kept_assembly_asks_once_and_joins_nothing() -> None:
    contact, _records = three()
    with CaptureQueriesContext(connection) as asked:
        preview([contact.pk], rules=rules_in_force())
    concerned = [one["sql"] for one in asked if "keptoptout" in one["sql"]]
    assert len(concerned) == 1
    assert "EXISTS" in concerned[0]


_words = st.sampled_from(("yes", "no", ""))
_steps = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 5), min_size=1, max_size=5, unique=True)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.tuples(_words, _words), min_size=6, max_size=6), steps=_steps)
def test_promise_6_no_moving_turns_a_no_into_anything_else(
    words: list[tuple[str, str]], steps: list[tuple[int, list[int]]]
) -> None:
    """Whatever membership writes; and each kept no is one that its contact had said."""
    with transaction.atomic():
        records = [
            claim("TICKETS", f"P{number}", **ELENI, **_said(*spoken)) for number, spoken in enumerate(words)
        ]
        contacts = [contact_of(*those) for those in (records[:1], records[1:3], records[3:5], records[5:])]
        refused = refusals()
        for target, moved in steps:
            write([records[number].pk for number in moved], to=contacts[target].pk)
            after = refusals()
            assert refused <= after
            refused = after
        kept_pairs = set(KeptOptOut.objects.values_list("record_id", "field"))
        assert kept_pairs <= refused
        transaction.set_rollback(True)


def _said(direct: str, affiliate: str) -> dict[str, str]:
    said = {"direct_marketing": direct, "affiliate_marketing": affiliate}
    return {name: word for name, word in said.items() if word}


def refusals() -> set[tuple[int, str]]:
    """System Ref and field, where its contact says no."""
    found = set()
    for name in AUTHORISATIONS:
        those = Membership.objects.filter(**{f"contact__{name}": False}).values_list("record_id", flat=True)
        found |= {(pk, name) for pk in those}
    return found


def write(records: Sequence[int], *, to: int) -> None:
    """As grouping does it."""
    before = dict(Membership.objects.filter(record_id__in=records).values_list("record_id", "contact_id"))
    moves = [(one, "person", before[one], to) for one in records if before[one] != to]
    operation = Operation.objects.create(kind=Operation.Kind.MOVE, actor="Somebody")
    plan = membership.moving(moves, retired={})
    membership.write(plan, because=Move.Because.STEWARD, run_id=None, operation_id=operation.pk)
    assemble([*{*before.values(), to}])


def test_a_shadow_run_frees_nobody_by_separating_and_neither_does_the_run() -> None:
    RunSettings.objects.update_or_create(pk=1, defaults={"breaker_percent": 100})
    mail = {"email_1": "reid@example.com"}
    first = claim("TICKETS", "1", **ELENI, **mail, direct_marketing="no")
    second = claim("SHOP", "A", **ELENI, **mail)
    overnight()
    assert contact_now(first) == contact_now(second)
    candidate = Candidate(rules=stores.NO_RULES, person_model_id=stores.generous(60.0))
    made, result = stores.tried(candidate)
    assert (result.counts.split, result.counts.freed) == (1, 0)
    what_if.publish_what_if(actor=COMMAND_LINE, what_if_id=made.pk)
    overnight()
    assert contact_now(first) != contact_now(second)
    assert (says(first), says(second)) == (False, False)


def test_what_a_shadow_run_would_keep_is_what_is_kept() -> None:
    contact, (_first, second, third) = three()
    expected = set(opt_outs.to_keep([contact.pk])["record_id"])
    assert expected == {second.pk, third.pk}
    do(Ungroup(contact=contact.pk))
    assert kept() == expected


def test_the_api_does_not_put_the_kept_no_into_a_sources_mouth() -> None:
    contact, (first, second, _third) = three()
    do(Ungroup(contact=contact.pk))
    quoted = [
        contact_out(part, queries.records_of(part)).golden.direct_marketing
        for part in (seen(contact_now(one), actor=COMMAND_LINE) for one in (first, second))
    ]
    assert [one is not None and one.value for one in quoted] == [False, False]
    assert [one is not None and one.said_by is not None for one in quoted] == [True, False]
