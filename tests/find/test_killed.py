"""kill -9 in the middle: no half file is offered, and a bulk change goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.find.bulk import actions as changing
from kith.find.bulk import tasks as changes
from kith.find.bulk.models import BulkChange
from kith.find.exporting import actions as exporting
from kith.find.exporting import tasks as exports
from kith.find.exporting.models import Export
from tests.contacts import factories
from tests.find.searching import kept
from tests.locks import wait_until_released
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_c25_what_was_killed_is_whole_in_the_end(steward: User, tmp_path: Path, settings: Settings) -> None:
    settings.ATTACHMENT_FOLDER = tmp_path
    for name in ("Ann", "Bob"):
        factories.person(name, "Leeson")
    token = kept(steward, last_name="Leeson")
    export = exporting.ask_export(actor=steward.actor, token=token, kind=Export.Kind.CSV)
    assert killed("export", export.pk, 18, tmp_path)
    export.refresh_from_db()
    assert (export.state, export.total, export.file_key) == ("running", 2, "")
    assert not Entry.objects.filter(event="ContactExported").exists()
    assert exports.written(export.pk).state == "ready"
    assert Entry.objects.filter(event="ContactExported").count() == 2

    asked = changing.ask_bulk_change(
        actor=steward.actor, token=token, kind=BulkChange.Kind.CATEGORY, value="PARTNER"
    )
    assert killed("change", asked.pk, 36, tmp_path)
    made = Contact.objects.filter(category="PARTNER").count()
    assert Entry.objects.filter(event="BulkChangeMade").count() == made < 2
    done = changes.made(asked.pk)
    assert (done.state, done.changed_count) == ("done", 2)
    assert Contact.objects.filter(category="PARTNER").count() == 2
    assert Entry.objects.filter(event="BulkChangeMade").count() == 2


def killed(what: str, which: int, statement: int, folder: Path) -> bool:
    code = ended("tests.find.killed_work", what, str(which), str(statement), str(folder))
    wait_until_released()
    return code == KILLED
