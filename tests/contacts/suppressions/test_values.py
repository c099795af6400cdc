"""Whoever has or gets a suppressed e-mail or phone is suppressed, whichever way it comes."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts import actions as contacts
from kith.contacts import local
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.contacts.standing import standing_of
from kith.contacts.suppressions import actions
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.arriving import claims_written
from kith.contacts.suppressions.models import SuppressedValue
from kith.golden import actions as golden
from kith.kernel.errors import NotAllowed, Refused
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
MAIL = "eleni@example.com"
PHONE = "+35799123456"


def suppressed(value: str = MAIL, **said: object) -> SuppressedValue:
    because = Because(reason="opt_out", note="By letter", **said)  # type: ignore[arg-type]  # as a call has it
    return actions.suppress_value(actor=COMMAND_LINE, value=value, because=because)


def reasons(contact_id: int) -> list[tuple[str, str]]:
    return [(one.reason, one.known_by) for one in standing_of([contact_id])[contact_id]]


def test_k23_whoever_has_the_e_mail_is_suppressed_at_once() -> None:
    has = factories.person(email_1="Eleni@Example.com")
    other = factories.person(email_1="other@example.com")
    suppressed(" ELENI@example.com ")
    assert reasons(has.pk) == [("opt_out", "email")]
    assert reasons(other.pk) == []


@pytest.mark.parametrize("typed", ["99 123456", "+357 99 123456", "0035799123456"])
def test_a_phone_is_known_however_it_is_written(typed: str) -> None:
    has = factories.person(phone_1="+357 99-123456")
    source = local.local_source()
    source.default_country = "CY"
    source.save()
    assert suppressed(typed).value == PHONE
    assert reasons(has.pk) == [("opt_out", "phone")]


@pytest.mark.parametrize("text", ["", "eleni", "eleni@", "12", "+999 1"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="cannot read"):
        suppressed(text)


def test_k23_whoever_gets_the_e_mail_by_the_form_or_by_an_edit_is_suppressed() -> None:
    suppressed()
    claim = {"first_name": "Eleni", "last_name": "Reid", "email_1": MAIL}
    typed = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=claim)
    assert reasons(typed) == [("opt_out", "email")]
    free = contacts.add_contact(
        actor=COMMAND_LINE, kind="person", claim={"first_name": "Anna", "last_name": "Lee"}
    )
    assert reasons(free) == []
    record = SourceRecord.objects.get(membership__contact_id=free)
    contacts.edit_local(
        actor=COMMAND_LINE,
        contact_id=free,
        record_id=record.pk,
        claim={"first_name": "Anna", "last_name": "Lee", "email_1": MAIL},
        version=record.content_hash.hex,
    )
    assert reasons(free) == [("opt_out", "email")]


def test_an_unflagged_contact_stays_so_when_its_claim_is_saved_again() -> None:
    has = factories.person(email_1=MAIL)
    value = suppressed()
    contacts.lift_suppression(
        actor=COMMAND_LINE, contact_id=has.pk, suppression_id=value.suppression_id, note="She asked"
    )
    with transaction.atomic():
        assert claims_written(lambda: [has.primary_record_id or 0]) == 0
    assert reasons(has.pk) == []
    comes_later = factories.record({"last_name": "Lee", "email_1": MAIL})
    with transaction.atomic():
        assert claims_written(lambda: [comes_later.pk]) == 1


def test_unflagging_the_value_frees_whoever_it_suppressed_and_nobody_else() -> None:
    has = factories.person(email_1=MAIL)
    value = suppressed()
    contacts.suppress(actor=COMMAND_LINE, contact_id=has.pk, reason="manual", note="")
    with pytest.raises(Refused, match="note"):
        actions.lift_value(actor=COMMAND_LINE, value_id=value.pk, note=" ")
    actions.lift_value(actor=COMMAND_LINE, value_id=value.pk, note="She asked")
    assert reasons(has.pk) == [("manual", "")]
    later = contacts.add_contact(
        actor=COMMAND_LINE, kind="person", claim={"last_name": "Reid", "email_1": MAIL}
    )
    assert reasons(later) == []
    with pytest.raises(Refused, match="already"):
        actions.lift_value(actor=COMMAND_LINE, value_id=value.pk, note="again")


def test_said_twice_for_one_reason_is_refused_and_another_reason_is_not() -> None:
    suppressed()
    with pytest.raises(Refused, match="already"):
        suppressed()
    bounced = Because(reason="bounced", scope="email")
    actions.suppress_value(actor=COMMAND_LINE, value=MAIL, because=bounced)
    for reason in ("deceased", "anonymised", "nothing"):
        with pytest.raises(Refused, match="no reason"):
            actions.suppress_value(actor=COMMAND_LINE, value=PHONE, because=Because(reason=reason))


def test_k20_a_suppression_ends_where_its_reason_allows_an_end(privacy_officer: User) -> None:
    has = factories.person(email_1=MAIL)
    with pytest.raises(Refused, match="until somebody unflags it"):
        suppressed(ends_on=date(2030, 1, 1))
    with pytest.raises(Refused, match="is over"):
        actions.suppress_value(
            actor=COMMAND_LINE, value=MAIL, because=Because(reason="manual", ends_on=date(2020, 1, 1))
        )
    ends = date(2030, 1, 1)
    actions.suppress_value(
        actor=privacy_officer.actor, value=MAIL, because=Because(reason="bounced", ends_on=ends)
    )
    contacts.suppress(actor=privacy_officer.actor, contact_id=has.pk, reason="manual", note="", ends_on=ends)
    assert actions.end_ended(actor=COMMAND_LINE) == 0
    assert len(reasons(has.pk)) == 2
    Suppression.objects.update(ends_on=date(2026, 1, 1))
    assert actions.end_ended(actor=COMMAND_LINE) == 2
    assert actions.end_ended(actor=COMMAND_LINE) == 0
    assert reasons(has.pk) == []


def test_an_edited_golden_e_mail_suppresses(administrator: User) -> None:
    contact = factories.person()
    suppressed()
    golden.override(
        actor=administrator.actor,
        contact_id=contact.pk,
        field="emails",
        value={"email_1": MAIL},
        mode="pinned",
    )
    assert reasons(contact.pk) == [("opt_out", "email")]


def test_while_nothing_is_suppressed_a_claim_costs_two_short_queries() -> None:
    record = factories.record({"last_name": "Lee", "email_1": MAIL})
    with CaptureQueriesContext(connection) as asked:
        claims_written(lambda: [record.pk])
    assert len(asked) == 2


def test_who_may_not_suppress_may_not_suppress_values(steward: User) -> None:
    value = suppressed()
    with pytest.raises(NotAllowed):
        actions.suppress_value(actor=steward.actor, value=PHONE, because=Because(reason="manual"))
    with pytest.raises(NotAllowed):
        actions.lift_value(actor=steward.actor, value_id=value.pk, note="no")


def test_the_value_is_stored_once_and_its_digest_tells_nothing() -> None:
    suppressed()
    row = SuppressedValue.objects.get()
    assert MAIL.encode() not in bytes(row.digest)
    assert len(row.digest) == 32
    assert not SuppressedRecord.objects.exists()
    assert not Contact.objects.filter(emails__value=MAIL).exists()
