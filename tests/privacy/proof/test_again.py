from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.jobs.progress import Tracker
from kith.kernel.errors import Refused
from kith.notes import actions as notes
from kith.notes.models import Note
from kith.privacy.erasing import steps
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof.again import broken
from kith.privacy.proof.certificate import as_file, public_key
from kith.privacy.proof.paper import as_pdf
from kith.privacy.proof.steps import look_again, storage
from kith.runs.steps import StepContext
from kith.sources.models import Tombstone
from kith.stewardship.models import Case
from kith.web.formats import group_id
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
State = Erasure.State
MARKER = "Wolkenzug 7719"


@pytest.fixture
def erasure(django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]) -> Erasure:
    allow()
    contact = factories.person("Anna", "Gonesdottir", email_1="anna.gone@example.org")
    notes.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=f"said {MARKER}")
    ordered = order(contact)
    with django_capture_on_commit_callbacks(execute=True):
        steps.carry_on([ordered.uid])
    ordered.refresh_from_db()
    assert ordered.state == State.DONE, ordered.trouble
    return ordered


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def said(*arguments: str) -> str:
    written = StringIO()
    call_command("verify-erasure", *arguments, stdout=written)
    return written.getvalue()


def context() -> StepContext:
    tracker = Tracker(0, listener=lambda done, total, note: None)
    return StepContext(run_id=0, actor=OVERNIGHT, tracker=tracker, approved=False)


def test_an_erasure_that_stands_is_said_to_stand(erasure: Erasure) -> None:
    assert broken(erasure) == ()
    assert "Looked again at 1 erasures." in said("--all")
    assert "Looked again at 1 erasures." in said(str(erasure.uid))
    assert look_again(context()) == {"erasures_looked_at_again": 1, "erasures_that_do_not_stand": 0}


def test_a_value_that_came_back_is_a_case(erasure: Erasure) -> None:
    _sql("ALTER TABLE notes_note DISABLE TRIGGER USER")
    Note.objects.update(text="back")
    assert any("notes" in one for one in broken(erasure))
    assert "a door is open: the database refuses no writes to whoever was anonymised" in broken(erasure)
    with pytest.raises(CommandError, match="do not stand"):
        said("--all")
    assert look_again(context())["erasures_that_do_not_stand"] == 1
    case = Case.objects.get(kind=Case.Kind.ERASURE)
    assert case.title.startswith(f"GroupID {group_id(erasure.contact_id)} was anonymised, and is not any")
    assert "back" not in case.title
    assert look_again(context())["erasures_that_do_not_stand"] == 1
    assert Case.objects.filter(kind=Case.Kind.ERASURE).count() == 1, "the next night too"


def test_a_tombstone_that_is_gone_leaves_a_door_open(erasure: Erasure) -> None:
    Tombstone.objects.filter(erasure=erasure.uid).delete()
    assert broken(erasure) == ("a door is open: a tombstone is missing",)


@pytest.mark.parametrize("change", [{"found": 7}, {"group_id": 1}, {"key_version": 99}, {"erasure": "x"}])
def test_a_certificate_that_was_changed_is_told(erasure: Erasure, change: dict[str, object]) -> None:
    certificate = Certificate.objects.get(erasure=erasure)
    Certificate.objects.update(body={**certificate.body, **change})
    assert broken(erasure) == ("the certificate was changed",)


def test_a_certificate_says_nothing_of_the_person_and_anybody_can_verify_it(erasure: Erasure) -> None:
    file = as_file(Certificate.objects.get(erasure=erasure)).decode()
    assert not any(text in file for text in ("Gonesdottir", "anna.gone", MARKER))
    assert public_key(1) in said("--public-key")
    assert '"because"' in file
    assert '"not_searched"' in file


def test_a_certificate_is_drawn_as_pdf_unless_it_was_changed(erasure: Erasure) -> None:
    certificate = Certificate.objects.get(erasure=erasure)
    assert as_pdf(certificate).startswith(b"%PDF")
    certificate.body = {**certificate.body, "found": 1}
    with pytest.raises(Refused, match="was changed"):
        as_pdf(certificate)


def test_a_drill_finds_a_marker_and_says_where(erasure: Erasure) -> None:
    assert "Looked through" in said("--marker", MARKER)
    paul = factories.person("Paul", "Gone")
    notes.add_note(actor=COMMAND_LINE, contact_id=paul.pk, text=f"said {MARKER}")
    with pytest.raises(CommandError, match="Found in 1 places"):
        said("--marker", MARKER)
    with pytest.raises(CommandError, match="at least 6"):
        said("--marker", "Paul")


def test_x10_a_planted_value_ends_in_stuck_and_a_case_and_never_in_done() -> None:
    allow()
    contact = factories.person("Anna", "Gonesdottir", email_1="anna.gone@example.org")
    _sql("CREATE TABLE forgotten (said text)")
    _sql("INSERT INTO forgotten VALUES ('anna.gone@example.org')")
    ordered = order(contact)
    for _ in range(4):
        steps.carry_on([ordered.uid])
    ordered.refresh_from_db()
    assert (ordered.state, ordered.trouble) == (State.STUCK, "forgotten")
    assert not Certificate.objects.exists()
    case = Case.objects.get(kind=Case.Kind.ERASURE)
    assert "anna" not in case.title.casefold()
    assert ordered.needle_key is not None
    _sql("DROP TABLE forgotten")
    Erasure.objects.update(state=State.FILES_GONE, attempts=0)
    steps.carry_on([ordered.uid])
    ordered.refresh_from_db()
    assert ordered.state == State.DONE


def test_nothing_is_rewritten_while_nobody_was_anonymised() -> None:
    assert storage(context()) == {"tables_rewritten": 0}
