"""An agent's five commonest errands, by keyboard alone, with the keys counted as the how-to promises them.

Each begins on the contact's page, and finding her on Home. One server, one browser, one store for the five.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.contacts.models import Contact
from tests.claims import source
from tests.contacts import factories
from tests.journeys.walking import DESK, signed_in, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.journey]
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "work-by-keyboard.md"


@dataclass(frozen=True, slots=True)
class Effort:
    keys: int
    """Pressed to go, to choose and to save."""
    characters: int
    """What only the agent can know: typed, or pasted."""


@dataclass(slots=True)
class Hands:
    """On the keyboard. What they do is counted; what goes wrong on the pages they pass is collected."""

    page: Page
    keys: int = 0
    characters: int = 0
    wrong: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += 1
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.characters += len(text)
        self.page.keyboard.type(text)

    def arrive(self, selector: str) -> None:
        self.page.locator(selector).wait_for()
        self.wrong += [f"{self.page.url}: {one}" for one in violations(self.page)]

    def focused(self, selector: str) -> None:
        self.page.wait_for_function("(one) => document.activeElement.matches(one)", arg=selector)


def _find_by_phone(hands: Hands, eleni: Contact) -> None:
    hands.page.goto("/")
    hands.press("/")
    hands.type("7400123456")
    hands.press("Enter")
    hands.page.wait_for_url(re.compile(rf"/contacts/{eleni.pk}/$"))
    hands.arrive("#golden-details")


def _correct_the_address(hands: Hands, eleni: Contact) -> None:
    hands.press("a")
    hands.focused("[name=address_1_line1]")
    hands.arrive(".override-form")
    hands.type("14 Harbour Walk")
    hands.press("Enter")
    hands.arrive(".notice-success")
    expect(hands.page.locator(".details")).to_contain_text("14 Harbour Walk")


def _add_an_email(hands: Hands, eleni: Contact) -> None:
    hands.press("m")
    hands.focused("[name=email_1]")
    hands.arrive(".override-form")
    hands.type("eleni@example.net")
    hands.press("Enter")
    hands.arrive(".notice-success")
    expect(hands.page.locator(".details")).to_contain_text("eleni@example.net")


def _attach_a_document(hands: Hands, eleni: Contact, document: Path) -> None:
    hands.press("f")
    hands.arrive("form[data-drop]")
    hands.focused("[name=chosen]")
    with hands.page.expect_file_chooser() as chooser:
        hands.press("Enter")
    chooser.value.set_files(document)
    hands.arrive(".drop-chosen li")
    hands.press("Control+Enter")
    hands.arrive(".notice-success")
    expect(hands.page.locator("#contact-tab")).to_contain_text(document.name)


def _print(hands: Hands, eleni: Contact) -> None:
    hands.press("p")
    hands.arrive("[name=format][value=pdf]")
    hands.focused("[name=format][value=pdf]")
    with hands.page.expect_download() as taken:
        hands.press("Enter")
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF-")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    made = tmp_path / "consent.txt"
    made.write_text("I agree.", encoding="utf-8")
    return made


def test_c25_c24_c23_c14_c33_an_agent_does_the_commonest_errands_by_keyboard_in_the_keys_promised(
    browser: Browser, live_server: LiveServer, agent: User, document: Path, subtests: pytest.Subtests
) -> None:
    source("LOCAL")  # an earlier test may have emptied every table
    eleni = factories.eleni()
    factories.person("Petros", "Nikolaou", phone_1="+44 7400 999999")
    page = signed_in(browser, live_server, agent)
    page.set_viewport_size({"width": DESK, "height": 844})
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("filechooser", lambda chooser: None)
    errands: dict[str, Callable[[Hands, Contact], None]] = {
        "Find by phone": _find_by_phone,
        "Correct an address": _correct_the_address,
        "Add an e-mail": _add_an_email,
        "Attach a document": lambda hands, whom: _attach_a_document(hands, whom, document),
        "Print a contact": _print,
    }
    promised = dict(_promised())
    for name, errand in errands.items():
        with subtests.test(name):
            hands = Hands(page)
            page.goto(f"/contacts/{eleni.pk}/")
            errand(hands, eleni)
            made = Effort(hands.keys, hands.characters)
            assert made == promised[name], f"{name}: {astuple(made)} keys and characters"
            assert hands.wrong == []
            assert errors == []
    assert promised.keys() == errands.keys()
    page.goto(f"/contacts/{eleni.pk}/")
    _keys_are_listed_and_can_be_switched_off(page)


def _keys_are_listed_and_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keys of this page")
    expect(listed).to_contain_text("Correct the address")
    assert violations(page) == []
    listed.get_by_label("Keys of one letter work").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator(".override-form")).to_have_count(0)


def _promised() -> Iterator[tuple[str, Effort]]:
    for name, keys, characters in re.findall(r"^\| ([A-Z][\w -]+) \| .* \| (\d+) \| (\d+) \|$", *_how_to()):
        yield name, Effort(int(keys), int(characters))


def _how_to() -> tuple[str, re.RegexFlag]:
    return HOW_TO.read_text(encoding="utf-8"), re.MULTILINE
