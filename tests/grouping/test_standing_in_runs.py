"""Real runs over whoever is anonymised (never joined, X9) or suppressed (joined, and suppressed still)."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.contacts.actions import suppress
from kith.contacts.may.asking import audience
from kith.contacts.may.rules import Act, Ask
from kith.contacts.models import Contact
from kith.contacts.standing import standing_of
from kith.grouping.intents import Ungroup
from kith.grouping.models import Decision, Evidence, Move
from kith.privacy.erasing import steps
from kith.runs.models import Run
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim
from tests.grouping.acting import do, group_id, overnight
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ZOE = {"first_name": "Zoefrieda", "last_name": "Quillmarch", "email_1": "zoe@example.org"}


def night(*, everything: bool = False) -> None:
    run = overnight(everything=everything)
    assert run.state == Run.State.DONE, run.error


def anonymise(contact_id: int) -> None:
    erasure = order(Contact.objects.get(pk=contact_id))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == erasure.State.DONE, erasure.trouble


def nobody_is_with(gone: SourceRecord, *, since: int) -> None:
    """Not moved, not judged, alone."""
    assert list(Membership.objects.filter(contact_id=group_id(gone)).values_list("pk", flat=True)) == [
        gone.pk
    ]
    assert not Move.objects.filter(pk__gt=since, record_id=gone.pk).exists()
    assert not Evidence.objects.filter(left_id=gone.pk).exists()
    assert not Evidence.objects.filter(right_id=gone.pk).exists()


def last_move() -> int:
    return Move.objects.order_by("-pk").values_list("pk", flat=True)[0]


@pytest.mark.parametrize("everything", [False, True])
def test_x9_whoever_comes_with_the_same_details_is_not_joined_with_the_anonymised(everything: bool) -> None:
    """Past the doors: the run itself does not join them."""
    allow()
    gone = claim("TICKETS", "1", **ZOE)
    claim("TICKETS", "2", first_name="Petros", last_name="Nikolaou", email_1="p@example.org")
    night()
    anonymise(group_id(gone))
    since = last_move()
    alike = [claim("SHOP", ref, **ZOE) for ref in ("A", "B")]
    night(everything=everything)
    nobody_is_with(gone, since=since)
    assert group_id(alike[0]) == group_id(alike[1]) != group_id(gone)
    assert Contact.objects.get(pk=group_id(gone)).state == Contact.State.ANONYMISED


@pytest.mark.parametrize("everything", [False, True])
def test_x9_one_of_two_that_were_taken_apart_is_anonymised_and_stays_alone_with_no_decision_left(
    everything: bool,
) -> None:
    allow()
    gone, stays = claim("TICKETS", "1", **ZOE), claim("SHOP", "A", **ZOE)
    night()
    assert group_id(gone) == group_id(stays)
    do(Ungroup(contact=group_id(gone)))
    anonymise(group_id(gone))
    since = last_move()
    Decision.objects.all().delete()
    claim("SHOP", "A", **ZOE, phone_1="+35799127766")
    night(everything=everything)
    nobody_is_with(gone, since=since)
    assert Contact.objects.get(pk=group_id(stays)).last_name == "Quillmarch"


@pytest.mark.parametrize("reason", ["manual", "deceased"])
@pytest.mark.parametrize("everything", [False, True])
def test_k23_k22_whom_a_run_joins_with_somebody_suppressed_is_suppressed_too(
    reason: str, everything: bool
) -> None:
    stopped = claim("TICKETS", "1", **ZOE)
    claim("TICKETS", "2", first_name="Petros", last_name="Nikolaou", email_1="p@example.org")
    night()
    suppress(actor=COMMAND_LINE, contact_id=group_id(stopped), reason=reason, note="")
    alike = claim("SHOP", "A", **ZOE)
    night(everything=everything)
    joined = group_id(stopped)
    assert group_id(alike) == joined
    assert [one.reason for one in standing_of([joined])[joined]] == [reason]
    chosen = audience(Contact.objects.all(), Ask(act=Act.SELECT))
    assert set(chosen.values_list("last_name", flat=True)) == {"Nikolaou"}


def test_k23_whom_a_run_takes_out_of_a_suppressed_contact_stays_suppressed() -> None:
    first, second = claim("TICKETS", "1", **ZOE), claim("SHOP", "A", **ZOE)
    night()
    suppress(actor=COMMAND_LINE, contact_id=group_id(first), reason="manual", note="")
    claim("SHOP", "A", first_name="Petros", last_name="Nikolaou", email_1="p@example.org")
    night()
    assert group_id(first) != group_id(second)
    for pk in (group_id(first), group_id(second)):
        assert [one.reason for one in standing_of([pk])[pk]] == ["manual"]
    assert not audience(Contact.objects.all(), Ask(act=Act.SELECT)).exists()
