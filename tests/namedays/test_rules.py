"""C9: rules of one's own, and their files."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.kernel.errors import Refused
from kith.namedays.carrying import FORMS, as_csv, names_in, read_rules
from kith.namedays.sections import OWN_RULES, OwnRule, OwnRules
from kith.settings.actions import save_section
from kith.settings.in_force import in_force

ClientOf = Callable[[User], Client]
GEORGE = OwnRules(
    (OwnRule("04-23|orthodox+1", ("Γιώργος", "Yiorgos", "Ο'Νιλ")), OwnRule("02-29", ("Cassian",)))
)
LETTERS = st.text(st.characters(categories=["L", "M"], include_characters=" '"), min_size=1, max_size=20)
RULES = st.builds(
    lambda rows: OwnRules(
        tuple(OwnRule(day, found) for day, names in rows.items() if (found := names_in(", ".join(names))))
    ),
    st.dictionaries(
        st.sampled_from(["01-01", "02-29", "orthodox+50", "western-3", "sunday>=12-11", "04-23|orthodox+1"]),
        st.lists(LETTERS, min_size=1, max_size=5),
        max_size=6,
    ),
)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_c9_exported_and_imported_elsewhere_gives_identical_rules(form: str) -> None:
    assert read_rules(FORMS[form](GEORGE)) == GEORGE


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules=RULES)
def test_c9_any_rules_come_back_from_a_file_as_they_were(rules: OwnRules) -> None:
    assert read_rules(as_csv(rules)) == rules


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Day, Names"),
        (b"Name,Date\n", "Day, Names"),
        (b"Day,Names\n31 June,Anna\n", "Row 2"),
        (b"Day,Names\n\xff\xfe,Anna\n", "UTF-8"),
        (b"PK\x03\x04nonsense", "spreadsheet"),
    ],
)
def test_c9_a_file_that_cannot_be_read_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_rules(content)


def test_c9_a_file_of_a_spreadsheet_in_greece_has_semicolons() -> None:
    assert read_rules("Day;Names\n23 April;Άννα, Anna\n".encode()) == OwnRules(
        (OwnRule("04-23", ("Άννα", "Anna")),)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "rules",
    [
        OwnRules((OwnRule("04-31", ("Anna",)),)),
        OwnRules((OwnRule("04-23", ()),)),
        OwnRules((OwnRule("04-23", ("=1+1",)),)),
        OwnRules((OwnRule("04-23", ("Anna",)), OwnRule("04-23", ("Eva",)))),
    ],
)
def test_c9_rules_that_say_nothing_are_refused(rules: OwnRules) -> None:
    with pytest.raises(Refused):
        save_section(actor=COMMAND_LINE, section=OWN_RULES, value=rules)


def test_c9_rules_are_edited_exported_and_imported_on_pages(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    typed = {"rules": "0", "rules-0-day": "23 April", "rules-0-names": "Γιώργος, Giorgos", "based_on": ""}
    assert browser.post("/name-days/rules/save/", typed).status_code == 302
    saved = in_force(OWN_RULES)
    assert saved == OwnRules((OwnRule("04-23", ("Γιώργος", "Giorgos")),))
    file = browser.get("/name-days/rules/file.xlsx").content
    save_section(actor=COMMAND_LINE, section=OWN_RULES, value=OwnRules())
    upload = io.BytesIO(file)
    upload.name = "rules.xlsx"
    assert browser.post("/name-days/rules/import/save/", {"file": upload}).status_code == 302
    assert in_force(OWN_RULES) == saved


def test_c9_what_is_wrong_is_said_and_nothing_typed_is_lost(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    typed = {"rules": "0", "rules-0-day": "31 June", "rules-0-names": "Zenobia", "based_on": ""}
    answer = browser.post("/name-days/rules/save/", typed)
    assert answer.status_code == 422
    assert "31 June" in answer.text
    assert "Zenobia" in answer.text
    upload = io.BytesIO(b"nonsense")
    upload.name = "rules.csv"
    assert browser.post("/name-days/rules/import/save/", {"file": upload}).status_code == 422
    assert browser.post("/name-days/rules/import/save/", {}).status_code == 422
    assert browser.get("/name-days/rules/file.pdf").status_code == 404


def test_c9_a_reader_may_not_change_rules(agent: User, privacy_officer: User, client_of: ClientOf) -> None:
    assert client_of(agent).get("/name-days/rules/").status_code == 403
    reader = client_of(privacy_officer)
    assert reader.get("/name-days/rules/").status_code == 200
    assert reader.get("/name-days/rules/import/").status_code == 403
    assert reader.post("/name-days/rules/save/", {}).status_code == 403
    assert Client().get("/name-days/rules/").status_code == 302
