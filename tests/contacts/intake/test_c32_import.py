"""C32: contacts from a file, created and updated by Contact Code."""

from __future__ import annotations

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions as contacts
from kith.sources.models import ImportedRow, PastClaim, RejectedRow, SourceRecord
from tests.contacts.intake.conftest import TakeIn

HEAD = (
    "Contact Type,Contact Code,First Name,Last Name,Company Name,Contact Phone Country,Contact Phone Number"
)


def lines(*rows: str) -> str:
    return "\n".join([HEAD, *rows, ""])


def test_c32_one_created_one_updated_one_rejected(take_in: TakeIn) -> None:
    group_id = contacts.add_contact(
        actor=COMMAND_LINE,
        kind="person",
        claim={"first_name": "Ann", "last_name": "Lee", "email_1": "ann@example.org"},
    )
    typed = SourceRecord.objects.get()
    job = take_in(
        lines(
            "PERSON,A2,Bob,Lee,,GBR,07911123456",
            f"PERSON,{typed.system_ref},Anna,,,,",
            "PERSON,A3,Cid,Lee,,Nowhere,07911123456",
        )
    )
    assert (job.state, job.new_count, job.changed_count, job.rejected_count) == ("done", 1, 1, 1)
    rejected = RejectedRow.objects.get()
    assert (rejected.row_number, rejected.column) == (4, "Contact Phone Country")
    assert rejected.values["First Name"] == "Cid"
    outcomes = dict(ImportedRow.objects.values_list("row_number", "outcome"))
    assert outcomes == {2: "created", 3: "updated"}
    typed.refresh_from_db()
    assert typed.claim["fields"] == {"first_name": "Anna", "last_name": "Lee", "email_1": "ann@example.org"}
    assert (typed.first_name, typed.emails, typed.group_id) == ("Anna", ["ann@example.org"], group_id)
    assert typed.claimed_at is not None
    past = PastClaim.objects.get(record_id=typed.pk)
    assert ImportedRow.objects.get(row_number=3).past_claim_id == past.pk
    assert past.claim is not None
    assert past.claim["fields"]["first_name"] == "Ann"
    bob = SourceRecord.objects.get(system_ref="A2")
    assert (bob.phones, bob.claim["fields"]["phone_1_country"]) == (["+447911123456"], "GB")


def test_c32_codes_are_made_stand_once_and_rows_never_stop_the_file(take_in: TakeIn) -> None:
    job = take_in(
        lines(
            "# Contact Type: PERSON or COMPANY,,,,,,",
            "PERSON,,Ann,Lee,,,",
            "COMPANY,,,,Acme,,",
            "PERSON,X,Dan,Lee,,,",
            "PERSON,X,Eve,Lee,,,",
            "COMPANY,Y,,,,,",
        )
    )
    assert (job.new_count, job.rejected_count) == (3, 2)
    made = SourceRecord.objects.exclude(system_ref="X").values_list("system_ref", flat=True)
    assert all(len(ref) == 16 and ref.isdigit() for ref in made)
    reasons = list(RejectedRow.objects.order_by("row_number").values_list("row_number", "reason"))
    assert reasons == [
        (6, "Row 5 has this Contact Code already."),
        (7, "A company needs a Company Name."),
    ]
    again = take_in(lines("PERSON,X,Dan,Lee,,,"))
    assert (again.new_count, again.unchanged_count) == (0, 1)


def test_c32_what_cannot_be_read_rejects_the_row_and_placeholders_do_not(take_in: TakeIn) -> None:
    job = take_in(
        "Contact Type,Contact Code,First Name,Last Name,Contact Email,Date of Birth,Category,Industry\n"
        "PERSON,A1,Ann,Lee,not-an-address,1990-02-31,,\n"
        "PERSON,A2,Bob,Lee,n/a,,,Hotels\n"
        "PERSON,A3,Cid,Lee,,,NOSUCH,\n"
    )
    assert (job.new_count, job.rejected_count) == (1, 2)
    first, third = RejectedRow.objects.order_by("row_number")
    assert "E-mail 1: not a valid e-mail address." in first.reason
    assert "Birth date" in first.reason
    assert (third.column, third.reason) == ("Category", "There is no category with the code NOSUCH.")
    assert SourceRecord.objects.get().custom == {"industry": "Hotels"}


def test_c32_a_file_changes_nobody_whose_processing_is_restricted(take_in: TakeIn) -> None:
    claim = {"first_name": "Ann", "last_name": "Lee"}
    group_id = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=claim)
    contacts.suppress(actor=COMMAND_LINE, contact_id=group_id, reason="restricted", note="Contested")
    typed = SourceRecord.objects.get()
    job = take_in(lines("PERSON,A2,Bob,Lee,,,", f"PERSON,{typed.system_ref},Anna,Lee,,,"))
    assert (job.state, job.new_count, job.changed_count, job.rejected_count) == ("done", 1, 0, 1)
    rejected = RejectedRow.objects.get()
    assert rejected.row_number == 3
    assert rejected.reason.startswith("Its processing has been restricted since")
    typed.refresh_from_db()
    assert typed.claim["fields"] == claim
    same = take_in(lines(f"PERSON,{typed.system_ref},Ann,Lee,,,"))
    assert (same.unchanged_count, same.rejected_count) == (1, 0)
