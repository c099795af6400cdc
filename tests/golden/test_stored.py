from __future__ import annotations

import pytest

from kith.access.actors import OVERNIGHT
from kith.contacts.models import Contact
from kith.golden import assembly
from kith.golden.stored import stored_golden
from kith.golden.versions import rules_in_force
from kith.runs import actions as runs
from kith.runs.models import Run
from tests.claims import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_what_is_stored_reads_as_what_is_computed() -> None:
    claim(
        "TICKETS",
        "1",
        first_name="Eleni",
        last_name="Reid",
        email_1="eleni@example.com",
        email_2="reid@example.com",
        phone_1="+35799123456",
        birth_date="1987-03-14",
        direct_marketing="no",
        address_1_line1="12 Harbour Walk",
        address_1_city="Limassol",
        address_1_postcode="3042",
        address_1_country="CY",
    )
    claim("SHOP", "A", first_name="Helen", last_name="Reid", email_1="eleni@example.com")
    claim("SHOP", "B", kind="company", company_name="Harbour Freight Ltd")
    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    ids = list(Contact.objects.filter(state="active").values_list("pk", flat=True))
    stored = stored_golden(ids)
    assert stored == assembly.preview(ids, rules=rules_in_force())
    assert any("Limassol" in golden.get("addresses", "") for golden in stored.values())
