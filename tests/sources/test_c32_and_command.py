"""C32 at the level of rows, and `kith import`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.audit.models import Entry
from kith.kernel.errors import NotAllowed
from kith.sources import actions
from kith.sources.models import LOCAL, Import, SourceRecord, SourceSystem
from tests.sources.conftest import Importer

C32 = "Contact Type,Contact Code,First Name,Last Name,Contact Phone Country,Contact Phone Number\n"


def test_c32_one_created_one_updated_one_rejected(take_in: Importer) -> None:
    take_in(C32 + "PERSON,A1,Ann,Lee,GBR,07911123456\n")
    job = take_in(
        C32
        + "PERSON,A1,Anna,Lee,GBR,07911123456\nPERSON,A2,Bob,Lee,,\nPERSON,A3,Cid,Lee,Nowhere,07911123456\n"
    )
    assert (job.new_count, job.changed_count, job.rejected_count) == (1, 1, 1)
    rejected = job.rejected_rows.get()
    assert (rejected.row_number, rejected.values["system_ref"]) == (4, "A3")
    assert "country" in f"{rejected.column} {rejected.reason}"


def test_c32_an_empty_contact_code_gets_sixteen_digits_in_kiths_own_source(take_in: Importer) -> None:
    local, _ = SourceSystem.objects.get_or_create(
        code=LOCAL, defaults={"name": "Typed in Kith", "kind": "local"}
    )
    take_in(C32 + "PERSON,,Ann,Lee,,\nPERSON,,Bob,Lee,,\n", source=local)
    refs = list(SourceRecord.objects.values_list("system_ref", flat=True))
    assert len(set(refs)) == 2
    assert all(len(ref) == 16 and ref.isdigit() for ref in refs)


def test_importing_asks_for_its_permission(source: SourceSystem) -> None:
    with pytest.raises(NotAllowed):
        actions.add_import(actor=NOBODY, source=source, kind="contacts", file_name="x", content=[b"a,b\n"])
    with pytest.raises(NotAllowed):
        actions.start_import(actor=NOBODY, import_id=1)


def test_the_journal_names_the_import_and_no_values(source: SourceSystem) -> None:
    actions.add_import(
        actor=COMMAND_LINE,
        source=source,
        kind="contacts",
        file_name="x.csv",
        content=[b"id,mail\n1,a@b.example\n"],
    )
    entry = Entry.objects.get(event="ImportAdded")
    assert entry.detail == {"source": "TICKETS", "kind": "contacts", "rows": 1}


@pytest.fixture
def clients(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_text("Client ID,First name\n1,Ann\n,Eve\n")
    return path


def test_the_command_imports_and_writes_rejected_rows(
    source: SourceSystem, clients: Path, tmp_path: Path
) -> None:
    out, rejects = StringIO(), tmp_path / "rejected.csv"
    with pytest.raises(SystemExit) as ended:
        call_command("import", str(clients), source="TICKETS", rejects=rejects, stdout=out)
    assert ended.value.code == 1
    assert "1 new, 0 changed, 0 unchanged, 1 rejected" in out.getvalue()
    assert "no System Ref" in rejects.read_text()


def test_a_dry_run_of_the_command_leaves_nothing(
    source: SourceSystem, clients: Path, tmp_path: Path, import_folder: Path
) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps({"Client ID": "system_ref", "First name": "last_name"}))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import", str(clients), source="TICKETS", dry_run=True, mapping=mapping, stdout=out)
    assert "1 new" in out.getvalue()
    assert "Last name Ann" in out.getvalue()
    assert (Import.objects.count(), SourceRecord.objects.count()) == (0, 0)
    assert list(import_folder.iterdir()) == []


@pytest.mark.parametrize("options", [{"source": "NOWHERE"}, {"source": "TICKETS", "sheet": ""}])
def test_bad_usage_ends_with_2(source: SourceSystem, tmp_path: Path, options: dict[str, str]) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("")
    with pytest.raises(CommandError) as ended:
        call_command("import", str(path), **options)
    assert ended.value.returncode == 2
