"""A shadow run tells the truth: publish, run, and what it said has come to pass. And it writes nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TransactionTestCase

from kith.access.actors import COMMAND_LINE
from kith.contacts.actions import suppress
from kith.contacts.models import Contact
from kith.contacts.standing import standing_of
from kith.golden.assembly import preview
from kith.golden.rules import AUTHORISATIONS, FIELDS
from kith.golden.versions import rules_in_force
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, KeepApart
from kith.grouping.models import Decision, Evidence
from kith.grouping.what_if import actions
from kith.grouping.what_if.candidate import Candidate
from kith.grouping.what_if.result import Result
from kith.runs.models import RunSettings
from kith.sources.models import Membership
from tests.claims import claim
from tests.grouping import what_if_stores as stores

FIRST = ("Eleni", "Helen", "Anna", "Ann", "Petros")
LAST = ("Reid", "Reed", "Nikolaou")
EMAILS = ("e@example.com", "home@example.com", "")
PHONES = ("+35799123456", "+35796784521", "")
BORN = ("1990-03-14", "1990-04-13", "")

claims = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.sampled_from(("TICKETS", "SHOP", "CLUB")),
            "first_name": st.sampled_from(FIRST),
            "last_name": st.sampled_from(LAST),
            "email_1": st.sampled_from(EMAILS),
            "phone_1": st.sampled_from(PHONES),
            "birth_date": st.sampled_from(BORN),
            "direct_marketing": st.sampled_from(("yes", "no", "")),
        }
    ),
    min_size=2,
    max_size=9,
)
parts = st.fixed_dictionaries(
    {
        "rules": st.sampled_from((None, stores.BY_PHONE, stores.NO_RULES)),
        "model": st.sampled_from((None, 1.0, 25.0)),
        "guards": st.sampled_from((None, stores.LOOSE)),
        "golden": st.sampled_from((None, stores.NEWEST_EMAIL)),
    }
).filter(lambda found: any(part is not None for part in found.values()))
people = st.fixed_dictionaries(dict.fromkeys(("suppressed", "apart", "grouped"), st.booleans()))

Golden = dict[int, dict[str, str]]


def golden_now() -> Golden:
    ids = list(Contact.objects.filter(state=Contact.State.ACTIVE).values_list("pk", flat=True))
    return preview(ids, rules=rules_in_force())


def places() -> dict[int, int]:
    return dict(Membership.objects.values_list("record_id", "contact_id"))


def asked_pairs(place: dict[int, int]) -> set[tuple[int, int]]:
    """A person is asked of no pair that one decided, or that is one contact."""
    pairs = Evidence.objects.filter(groups=False).values_list("left_id", "right_id")
    decided = set(Decision.objects.filter(lifted_by__isnull=True).values_list("left_id", "right_id"))
    return {pair for pair in pairs if place[pair[0]] != place[pair[1]]} - decided


def groups(one: dict[int, int], other: dict[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for record_id, contact in one.items():
        found.setdefault(contact, set()).add(other[record_id])
    return found


def shown(golden: Golden, before: Golden) -> dict[str, int]:
    both = golden.keys() & before.keys()
    counts = {field: sum(golden[pk].get(field) != before[pk].get(field) for pk in both) for field in FIELDS}
    return {field: number for field, number in counts.items() if number}


def carrying(place: dict[int, int]) -> set[int]:
    """GroupIDs that nobody may reach."""
    found = standing_of(sorted(set(place.values())))
    return {contact for contact, protections in found.items() if protections}


def said_by_people(choice: dict[str, object]) -> None:
    contacts = sorted(set(places().values()))
    if choice["suppressed"]:
        suppress(actor=COMMAND_LINE, contact_id=contacts[0], reason="manual", note="")
    if choice["apart"] and len(contacts) > 2:
        carry_out(actor=COMMAND_LINE, intent=KeepApart(contacts=(contacts[0], contacts[1])))
    if choice["grouped"] and len(contacts) > 2:
        carry_out(actor=COMMAND_LINE, intent=Group(master=contacts[-1], children=(contacts[0],)))


def says_no(golden: Golden, contact: int, field: str) -> bool:
    return golden[contact].get(field) == "No"


class PublishingDoesWhatTheShadowRunSaid(TransactionTestCase):
    @pytest.mark.slow
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(rows=claims, chosen=parts, people=people)
    def test_publishing_and_running_does_what_the_shadow_run_said(
        self, rows: list[dict[str, str]], chosen: dict[str, object], people: dict[str, object]
    ) -> None:
        RunSettings.objects.update_or_create(pk=1, defaults={"breaker_percent": 100})
        for number, row in enumerate(rows):
            said = {name: text for name, text in row.items() if text and name != "source"}
            claim(row["source"], str(number), received_at=None, **said)
        stores.overnight()
        said_by_people(people)
        stores.overnight()
        model = chosen["model"]
        candidate = Candidate(
            rules=chosen["rules"],  # type: ignore[arg-type]  # as drawn
            person_model_id=stores.generous(model) if isinstance(model, float) else None,
            guards=chosen["guards"],  # type: ignore[arg-type]  # as drawn
            golden=chosen["golden"],  # type: ignore[arg-type]  # as drawn
        )
        place, golden, asked = places(), golden_now(), asked_pairs(places())
        protected = carrying(place)
        untouched = stores.everything_but_shadow_runs()
        made, result = stores.tried(candidate)
        assert stores.everything_but_shadow_runs() == untouched
        actions.publish_what_if(actor=COMMAND_LINE, what_if_id=made.pk)
        stores.overnight()
        _holds(result, place, golden, asked, protected)


def _holds(
    result: Result,
    place: dict[int, int],
    golden: Golden,
    asked: set[tuple[int, int]],
    protected: set[int],
) -> None:
    then, golden_then, counts = places(), golden_now(), result.counts
    made_of, became = groups(then, place), groups(place, then)
    assert counts.contacts_then == len(golden_then)
    assert counts.moved == sum(then[pk] != place[pk] for pk in place)
    assert counts.joined == sum(len(nows) > 1 for nows in made_of.values())
    assert counts.joining == sum(len(nows) for nows in made_of.values() if len(nows) > 1)
    assert counts.split == sum(len(thens) > 1 for thens in became.values())
    assert counts.retired == len(golden.keys() - golden_then.keys())
    assert counts.new == len(golden_then.keys() - golden.keys())
    assert dict(result.fields) == shown(golden_then, golden)
    asked_then = asked_pairs(then)
    assert (counts.asked, counts.no_longer_asked) == (len(asked_then - asked), len(asked - asked_then))
    opted = {
        now
        for now, thens in became.items()
        for after in thens
        for field in AUTHORISATIONS
        if says_no(golden_then, after, field) and not says_no(golden, now, field)
    }
    assert counts.opted_out == len(opted)
    freed = {
        now
        for now, thens in became.items()
        for after in thens
        for field in AUTHORISATIONS
        if says_no(golden, now, field) and not says_no(golden_then, after, field)
    }
    assert counts.freed == len(freed)
    protected_then = carrying(then)
    joining = {now for now, thens in became.items() if now not in protected and thens & protected_then}
    assert counts.protected == len(joining)
