"""C32: killed in the middle it goes on; an edit made meanwhile is not lost."""

from __future__ import annotations

import pytest

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions as contacts
from kith.contacts.intake import rows
from kith.sources import actions, loading
from kith.sources.importing import run_import
from kith.sources.models import Import, ImportedRow, Membership, SourceRecord, SourceSystem

HEAD = "Contact Type,Contact Code,First Name,Last Name,Contact Email\n"


def queued(local: SourceSystem, text: str) -> Import:
    job = actions.add_import(
        actor=COMMAND_LINE, source=local, kind="contacts", file_name="people.csv", content=[text.encode()]
    )
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    return job


class Killed(BaseException):
    """As little of our own code runs after it as after a kill."""


def test_c32_a_kill_in_the_middle_loses_nothing_and_makes_nobody_twice(
    local: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kith.sources.reading.delimited.BLOCK_CHARS", 60)
    keep, calls = loading.keep_outcomes, []

    def dying(job: Import, outcomes: object) -> None:
        calls.append(job.pk)
        keep(job, outcomes)  # type: ignore[arg-type]  # passed on as it came
        if len(calls) == 3:
            raise Killed

    job = queued(local, HEAD + "".join(f"PERSON,,Ann{n},Lee,\n" for n in range(12)))
    with monkeypatch.context() as patched:
        patched.setattr(loading, "keep_outcomes", dying)
        with pytest.raises(Killed):
            run_import(job.pk)
    settled = SourceRecord.objects.count()
    assert 0 < settled < 12
    assert ImportedRow.objects.count() == settled
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    job = run_import(job.pk)
    assert (job.state, job.new_count) == ("done", 12)
    assert sorted(SourceRecord.objects.values_list("first_name", flat=True)) == sorted(
        f"Ann{n}" for n in range(12)
    )
    assert list(ImportedRow.objects.order_by("row_number").values_list("row_number", flat=True)) == list(
        range(2, 14)
    )


def test_c32_what_somebody_types_while_the_file_is_read_is_not_lost(
    local: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = {"first_name": "Ann", "last_name": "Lee"}
    group_id = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=claim)
    record = SourceRecord.objects.get()
    assert Membership.objects.get(record=record).contact_id == group_id
    settle = rows.TypedContactsIn.settle

    def after_an_edit(self: rows.TypedContactsIn, prepared: rows.PreparedRows) -> loading.Counts:
        contacts.edit_local(
            actor=COMMAND_LINE,
            contact_id=group_id,
            record_id=record.pk,
            claim={**claim, "title": "Dr", "email_1": "typed@example.org"},
            version=record.content_hash.hex,
        )
        return settle(self, prepared)

    monkeypatch.setattr(rows.TypedContactsIn, "settle", after_an_edit)
    job = run_import(queued(local, HEAD + f"PERSON,{record.system_ref},Anna,,new@example.org\n").pk)
    assert job.changed_count == 1
    record.refresh_from_db()
    assert record.claim["fields"] == {
        "first_name": "Anna",
        "last_name": "Lee",
        "title": "Dr",
        "email_1": "new@example.org",
    }
