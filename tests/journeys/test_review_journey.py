"""A steward works the review queue of the demo by keys alone: twenty answers, one of them taken back.

The time is measured and printed (`pytest -s`), not asserted: it depends on the machine.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from kith.access.models import User
from kith.config import demo_home
from kith.grouping.models import Operation
from kith.stewardship.review.models import ReviewItem
from tests.journeys.walking import faults, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey, pytest.mark.slow]
ANSWERS = 20


@pytest.fixture
def club(tmp_path: Path, transactional_db: None) -> None:
    """The demo, small."""
    folder = demo_home.Folder(tmp_path / "demo")
    folder.path.mkdir()
    made = demo_home.make_club(folder, size=2_000)
    with demo_home.without_runs_of_their_own():
        for source in made.sources:
            demo_home.take_in(source)
        demo_home.take_in_purchases(made, folder=folder)
    demo_home.group()


def _place(page: Page) -> str:
    return page.locator("#review-place").inner_text()


def _press(page: Page, key: str) -> float:
    """Seconds until another question stands there."""
    before, began = _place(page), time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function("was => document.querySelector('#review-place')?.innerText !== was", arg=before)
    return time.perf_counter() - began


def _looked_at(page: Page) -> str:
    """What somebody answers who goes by the probability."""
    words = page.locator(".chip", has_text=re.compile("Match probability|By the model alone")).inner_text()
    if words.startswith("By the model alone"):
        return "n"  # the contacts contradict each other
    likely = "over" in words or float(words.split()[-2].removesuffix("%")) >= 50
    return "y" if likely else "n"


def test_a_steward_answers_twenty_questions_without_the_mouse(
    browser: Browser, live_server: LiveServer, club: None, steward: User
) -> None:
    page = signed_in(browser, live_server, steward)
    page.goto("/review/")
    waiting = ReviewItem.objects.filter(state="open").count()
    assert waiting > ANSWERS + 5
    expect(page.get_by_role("heading", name=f"{waiting} questions")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Is this one person?")).to_be_visible()

    began, took = time.perf_counter(), []
    for _ in range(ANSWERS):
        took.append(_press(page, _looked_at(page)))
    spent = time.perf_counter() - began
    print(  # noqa: T201  # the figure is what this journey is for
        f"\n{ANSWERS} answers by key in {spent:.1f} s; from the key to the next question "
        f"{sorted(took)[ANSWERS // 2]:.2f} s (median), {max(took):.2f} s (longest)"
    )
    answered = ReviewItem.objects.filter(decided_by=steward, state="decided")
    assert answered.count() == ANSWERS
    assert set(answered.values_list("answer", flat=True)) == {"group", "apart"}
    assert Operation.objects.filter(user=steward).count() == ANSWERS

    last = answered.order_by("-decided_at")[0]
    _press(page, "u")
    page.wait_for_url(f"**/review/{last.pk}/")
    assert answered.count() == ANSWERS - 1
    page.keyboard.press("s")
    page.wait_for_url(lambda url: f"/review/{last.pk}/" not in url)
    assert ReviewItem.objects.get(pk=last.pk).turn == 1
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("?")
    number = int(_place(page).split()[-3])
    page.keyboard.press("ArrowRight")
    expect(page.locator("#review-place")).to_contain_text(f"/ {number + 1} of")
    assert int(page.locator(".nav [aria-current] .nav-count").inner_text().split()[0]) > 0
    page.context.close()


def test_the_pages_of_the_queue_pass_axe_and_fit_a_phone(
    browser: Browser, live_server: LiveServer, club: None, steward: User
) -> None:
    page = signed_in(browser, live_server, steward)
    item = ReviewItem.objects.filter(state="open", kind="pair").exclude(pattern="").order_by("-priority")[0]
    hard = ReviewItem.objects.filter(state="open").order_by("-priority")[0]
    found: list[str] = []
    for address in (
        "/review/",
        "/review/?kind=bridge&at_least=99",
        f"/review/{item.pk}/",
        f"/review/{hard.pk}/",
        f"/review/{item.pk}/similar/",
        f"/contacts/{item.left_contact_id}/",
        "/contacts/?possible_duplicates=on&sort=duplicates",
    ):
        page.goto(address)
        found += faults(page)
    page.goto(f"/review/{item.pk}/similar/")
    page.get_by_role("button", name="Keep all").click()
    page.wait_for_url("**/batches/*/")
    found += faults(page)
    assert not found, "\n".join(found)
