"""Which accounts a session opened."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore

from kith.sso.opened import sso_id_of, words_for

pytestmark = pytest.mark.django_db
MANY = [f"sso-{number}" for number in range(200)]


def test_an_account_that_is_found_again_is_not_forgotten_before_others() -> None:
    session = SessionStore()
    first, second, *_ = words_for(session, MANY)
    again, new = words_for(session, [MANY[0], "sso-new"])
    assert again == first, "its address stays"
    assert (sso_id_of(session, again), sso_id_of(session, new)) == (MANY[0], "sso-new")
    assert sso_id_of(session, second) is None, "opened longest ago"


def test_a_word_means_nothing_in_another_session() -> None:
    (word,) = words_for(SessionStore(), ["sso-1"])
    assert sso_id_of(SessionStore(), word) is None
