"""X1: what clashes through sources is offered for grouping as a case, once, and never stops an import."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.contacts.checks.shared import shared
from kith.contacts.models import Contact
from kith.contacts.settings.uniqueness import UNIQUENESS, Combination, Uniqueness
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group
from kith.jobs import progress
from kith.runs.steps import StepContext
from kith.settings import actions as settings
from kith.stewardship import actions, clashes
from kith.stewardship.models import Case
from tests.contacts import factories

pytestmark = pytest.mark.django_db
VAT = Combination(("vat_number",))


def night() -> dict[str, int]:
    tracker = progress.start("test", 1, label="Night")
    return dict(clashes.clashes(StepContext(run_id=1, actor=OVERNIGHT, tracker=tracker, approved=False)))


def rule(*companies: Combination) -> None:
    settings.save_section(
        actor=COMMAND_LINE, section=UNIQUENESS, value=Uniqueness(companies=tuple(companies))
    )


def acme(name: str = "Acme Ltd", vat: str = "CY10259033P") -> Contact:
    return factories.company(name, vat_number=vat)


def test_x1_two_companies_of_one_vat_number_become_one_case_that_names_them() -> None:
    rule(VAT)
    first, second = acme(), acme("Acme Limited")
    acme("Beta Ltd", "CY10000000A")
    assert night() == {"clashes_found": 1, "clash_cases_opened": 1}
    case = Case.objects.get()
    assert (case.kind, case.contact_id) == (Case.Kind.CLASH, first.pk)
    assert case.title == clashes.title(shared(Uniqueness(companies=(VAT,))).groups[0])
    assert "CY10259033P" not in case.title
    assert night()["clash_cases_opened"] == 0
    assert second.pk != first.pk


def test_x1_a_case_somebody_resolved_is_not_opened_again() -> None:
    rule(VAT)
    acme(), acme("Acme Limited")
    night()
    actions.resolve_case(actor=COMMAND_LINE, case_id=Case.objects.get().pk)
    assert night()["clash_cases_opened"] == 0


def test_x1_grouping_them_ends_the_case() -> None:
    rule(VAT)
    first, second = acme(), acme("Acme Limited")
    night()
    carry_out(actor=COMMAND_LINE, intent=Group(master=first.pk, children=(second.pk,)))
    night()
    assert Case.objects.get().state == Case.State.RESOLVED


def test_x1_without_a_rule_nothing_is_looked_for() -> None:
    acme(), acme("Acme Limited")
    assert night() == {"clashes_found": 0, "clash_cases_opened": 0}


def test_x1_a_night_opens_no_more_cases_than_somebody_can_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clashes, "MOST_NEW", 1)
    rule(VAT, Combination(("company_name",)))
    acme(), acme()
    assert night() == {"clashes_found": 2, "clash_cases_opened": 1}
    assert night() == {"clashes_found": 2, "clash_cases_opened": 1}
    assert night()["clash_cases_opened"] == 0


def test_x1_names_are_the_same_in_whatever_script_and_however_they_are_parted() -> None:
    for first, last in (("Γιώργος", "Παπαδόπουλος"), ("GIORGOS", "Papadopoulos"), ("Anna Maria", "O'Neill")):
        factories.person(first, last)
    twin = factories.person("Annamaria", "Oneill")
    found = shared(Uniqueness(persons=(Combination(("first_name", "last_name")),))).groups
    assert len(found) == 2
    assert twin.pk in found[1].contact_ids


def test_x1_every_field_of_a_rule_can_be_looked_for() -> None:
    kinds = {"birth_date": "14/03/1987", "email_1": "ann@example.org", "phone_1": "+35799482913"}
    for last in ("Lee", "LEE"):
        factories.person("Ann", last, id_number="482-913", **kinds)
    every = (
        Combination(("last_name", "birth_date")),
        Combination(("email",)),
        Combination(("phone", "first_name")),
        Combination(("id_number",)),
        Combination(("passport_number",)),
    )
    assert len(shared(Uniqueness(persons=every)).groups) == 4
