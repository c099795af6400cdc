"""Settings with a history: saved, restored, refused; and as one file between installations (C5)."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.audit.models import Entry
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.settings import actions, carrying
from kith.settings.differences import Difference, differences
from kith.settings.in_force import in_force, newest, seen_once
from kith.settings.models import SettingsVersion
from kith.settings.sections import sections
from tests.settings.tea import BISCUITS, REACTED, TEA, Biscuits, Kind, Milk, Tea

pytestmark = pytest.mark.usefixtures("tea_sections")
STRONG = Tea(minutes=6, milk=Milk.FIRST)


def test_what_kith_came_with_is_in_force_until_somebody_saves() -> None:
    assert in_force(TEA) == Tea()
    made = actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG, note=" stronger ")
    assert in_force(TEA) == STRONG
    assert made is not None
    assert (made.note, made.actor) == ("stronger", "Command line")
    assert Entry.objects.get(event="SettingsSaved").detail == {"section": "tea"}
    assert REACTED == [(4, 6)]


def test_a_page_asks_once_for_all_settings_and_sees_what_was_saved_before_it() -> None:
    for minutes in (6, 7):
        actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=minutes))
        with seen_once():
            assert (in_force(TEA), in_force(BISCUITS)) == (Tea(minutes=minutes), Biscuits())
    with CaptureQueriesContext(connection) as asked, seen_once():
        assert (in_force(TEA), in_force(BISCUITS), in_force(TEA).minutes) == (Tea(minutes=7), Biscuits(), 7)
    assert len(asked) == 1


def test_what_was_saved_and_taken_back_is_not_in_force() -> None:
    with seen_once(), transaction.atomic():
        actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG)
        assert in_force(TEA) == STRONG
        transaction.set_rollback(True)
    with seen_once():
        assert in_force(TEA) == Tea()


def test_saving_what_is_in_force_already_makes_no_version() -> None:
    assert actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea()) is None
    assert not SettingsVersion.objects.exists()


def test_who_may_not_change_settings_changes_nothing() -> None:
    for act in (
        lambda: actions.save_section(actor=NOBODY, section=TEA, value=STRONG),
        lambda: actions.restore(actor=NOBODY, version_id=1),
        lambda: actions.take_in(actor=NOBODY, values={}),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_rule_refuses_with_every_reason() -> None:
    with pytest.raises(Refused, match=r"Nobody drinks that; black tea is in the pot\."):
        actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=11, kinds=()))
    assert not SettingsVersion.objects.exists()


def test_an_editor_opened_before_somebody_else_saved_is_told() -> None:
    first = actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG, based_on=None)
    assert first is not None
    with pytest.raises(Conflict):
        actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=5), based_on=None)
    assert actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=5), based_on=first.pk)


def test_an_earlier_version_is_restored_as_a_new_one() -> None:
    first = actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG)
    actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=5))
    assert first is not None
    restored = actions.restore(actor=COMMAND_LINE, version_id=first.pk)
    assert in_force(TEA) == STRONG
    assert restored is not None
    assert SettingsVersion.objects.count() == 3
    actions.restore_shipped(actor=COMMAND_LINE, section=sections()["tea"])
    assert in_force(TEA) == Tea()
    with pytest.raises(NotFound):
        actions.restore(actor=COMMAND_LINE, version_id=2**62)


def test_versions_are_never_changed() -> None:
    actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        SettingsVersion.objects.update(note="rewritten")


def test_what_an_older_kith_saved_is_read_as_far_as_it_goes() -> None:
    SettingsVersion.objects.create(section="tea", body={"minutes": 3, "sugar": "two"}, actor="An older Kith")
    assert in_force(TEA) == Tea(minutes=3)


def test_what_cannot_be_read_at_all_is_refused_by_name_and_can_be_saved_over() -> None:
    SettingsVersion.objects.create(section="tea", body={"minutes": "long"}, actor="An older Kith")
    with pytest.raises(Refused, match="Tea: minutes"):
        in_force(TEA)
    assert actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea())
    assert in_force(TEA) == Tea()


def test_differences_are_said_by_code_and_by_place() -> None:
    before = TEA.to_json(Tea(kinds=(Kind("BLACK", "Black tea"), Kind("GREEN", "Green tea"))))
    after = TEA.to_json(Tea(minutes=5, kinds=(Kind("GREEN", "Sencha"), Kind("BLACK", "Black tea"))))
    assert differences(before, after) == (
        Difference("minutes", "4", "5"),
        Difference("kinds › GREEN › label", "Green tea", "Sencha"),
        Difference("kinds › order", "BLACK, GREEN", "GREEN, BLACK"),
    )


def test_all_settings_go_into_one_file_and_come_out_the_same() -> None:
    actions.save_section(actor=COMMAND_LINE, section=TEA, value=STRONG)
    text = carrying.written()
    actions.save_section(actor=COMMAND_LINE, section=TEA, value=Tea(minutes=9))
    actions.save_section(actor=COMMAND_LINE, section=BISCUITS, value=Biscuits(5))
    arriving = carrying.read(text)
    assert [one.section.key for one in arriving if one.changes] == ["tea", "biscuits"]
    assert actions.take_in(actor=COMMAND_LINE, values={one.section: one.value for one in arriving}) == 2
    assert (in_force(TEA), in_force(BISCUITS)) == (STRONG, Biscuits())
    assert carrying.written() == text


def test_a_file_with_one_problem_changes_nothing_at_all() -> None:
    body = {"tea": TEA.to_json(STRONG), "biscuits": {"number": 12}}
    arriving = carrying.read(json.dumps({"format": carrying.FORMAT, "sections": body}))
    assert [one.problems for one in arriving] == [(), ("There are not so many.",)]
    with pytest.raises(Refused):
        actions.take_in(actor=COMMAND_LINE, values={one.section: one.value for one in arriving})
    assert not SettingsVersion.objects.exists()


def test_each_section_of_a_file_says_what_is_wrong_with_it() -> None:
    body = {"tea": {"minutes": "long"}, "biscuits": {"number": 3, "crumbs": True}}
    first, second = carrying.read(json.dumps({"format": carrying.FORMAT, "sections": body}))
    assert "minutes" in first.problems[0]
    assert second.problems == ("Biscuits: this Kith knows no “crumbs”.",)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        '{"format": "kith-settings-0", "sections": {}}',
        '{"format": "kith-settings-1", "sections": []}',
        '{"format": "kith-settings-1", "sections": {"coffee": {}}}',
        '{"format": "kith-settings-1", "sections": {"tea": {"kinds": [{"code": "A", "label": "\\u0000"}]}}}',
        '{"format": "kith-settings-1", "sections": {"tea": {"kinds": [{"code": "A", "label": "\\ud800"}]}}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_file_of_settings_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(Refused):
        carrying.read(text)


def test_a_file_looked_at_before_somebody_else_saved_is_not_taken_in() -> None:
    seen = carrying.stand()
    actions.save_section(actor=COMMAND_LINE, section=BISCUITS, value=Biscuits(3))
    with pytest.raises(Conflict):
        actions.take_in(actor=COMMAND_LINE, values={sections()["tea"]: STRONG}, seen=seen)
    assert newest("tea") is None


def test_reading_what_is_in_force_takes_one_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        in_force(TEA)
    assert len(queries) == 1
