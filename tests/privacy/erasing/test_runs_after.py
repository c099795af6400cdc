"""X9: every run goes through after somebody of two System Refs was anonymised, and leaves them together."""

from __future__ import annotations

import pytest

from kith.contacts.models import Contact
from kith.grouping.what_if.candidate import Candidate
from kith.privacy.erasing import steps
from kith.sources.models import Membership
from tests.claims import claim
from tests.grouping.what_if_stores import BY_PHONE, tried
from tests.privacy.erasing.test_doors import run
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
HERS = {"first_name": "Zoefrieda", "last_name": "Quillmarch", "email_1": "zoe.quillmarch@example.org"}


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("others", [0, 1])
def test_x9_a_run_goes_through_after_somebody_of_two_system_refs_was_anonymised(
    everything: bool, others: int
) -> None:
    allow()
    claim("TICKETING", "T-1", **HERS)
    claim("SHOP", "S-1", **HERS)
    run()
    contact = Contact.objects.get()
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done"
    for number in range(others):
        claim("TICKETING", f"T-2{number}", first_name="Paul", last_name="Other", email_1="p@example.org")
    before = dict(Membership.objects.filter(contact=contact).values_list("pk", "contact_id"))
    run(everything=everything)
    assert dict(Membership.objects.filter(contact=contact).values_list("pk", "contact_id")) == before


def test_x9_a_shadow_run_does_not_say_that_somebody_anonymised_falls_apart() -> None:
    allow()
    claim("TICKETING", "T-1", **HERS)
    claim("SHOP", "S-1", **HERS)
    run()
    erasure = order(Contact.objects.get())
    steps.carry_on([erasure.uid])
    _, result = tried(Candidate(rules=BY_PHONE))
    assert (result.counts.split, result.counts.new, result.counts.moved) == (0, 0, 0)
