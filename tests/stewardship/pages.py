"""What tests of these pages read off them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def seen_on(page: str) -> str:
    """What the preview's form sends back: the state that was looked at."""
    _, _, after = page.partition('name="seen" value="')
    return after.partition('"')[0]


def queries_of(browser: Client, url: str, posted: Mapping[str, object] | None = None) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(url) if posted is None else browser.post(url, posted)
    assert answer.status_code == 200
    return len(asked)
