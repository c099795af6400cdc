"""Which accounts a session opened: SSO IDs never stand in an address, so each has a word that means something
in that session only.

The words lie in the session sealed: a session that named somebody who is anonymised meanwhile would have to
go, and whoever works in it with it.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from kith.vault.sealing import INSTALLATION, NotOpened, open_, seal

_KEY: Final = "sso_open"
_CONTEXT: Final = "accounts opened in a session"
_MOST: Final = 200


def words_for(session: SessionBase, sso_ids: Sequence[str]) -> list[str]:
    """In their order; the one it has already, where it has one."""
    known = _known(session)
    by_id = {sso_id: word for word, sso_id in known.items()}
    for one in sso_ids:
        by_id.setdefault(one, secrets.token_urlsafe(9))
    asked = {by_id[one]: one for one in sso_ids}
    others = {word: sso_id for word, sso_id in known.items() if word not in asked}
    _keep(session, others | asked)
    return [by_id[one] for one in sso_ids]


def sso_id_of(session: SessionBase, word: str) -> str | None:
    """None: of another session, or opened too long ago."""
    return _known(session).get(word)


def _known(session: SessionBase) -> dict[str, str]:
    try:
        said = open_(INSTALLATION, b64decode(session.get(_KEY, "")), _CONTEXT)
    except NotOpened:
        return {}
    known: dict[str, str] = json.loads(said)
    return known


def _keep(session: SessionBase, known: dict[str, str]) -> None:
    """Of too many those asked for last."""
    newest = dict(list(known.items())[-_MOST:])
    session[_KEY] = b64encode(seal(INSTALLATION, json.dumps(newest).encode(), _CONTEXT)).decode()
