"""Keyed digests by which accounts of Kith's own are found: nothing of them can be read backwards.

Names have one for each of their beginnings, so that they are found as they are typed, whatever the case, the
accents and the script; the rest is found as a whole.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import Final

from django.conf import settings

from kith.matching.cleaning.text import fold
from kith.sso.provider import SearchBy
from kith.sso.sealing import Words

_PURPOSE: Final = "sso account"
_BYTES: Final = 16


def mark_of_id(sso_id: str) -> bytes:
    return _digest(SearchBy.SSO_ID, sso_id)


def marks_of(words: Words) -> list[bytes]:
    """Without that of its SSO ID."""
    return sorted(set(_marks_of(words)))


def _marks_of(words: Words) -> Iterator[bytes]:
    for by, name in ((SearchBy.FIRST_NAME, words.first_name), (SearchBy.LAST_NAME, words.last_name)):
        folded = fold(name)
        yield from (_digest(by, folded[: end + 1]) for end in range(len(folded)))
    if words.email:
        yield _digest(SearchBy.EMAIL, words.email.casefold())
    yield from (_digest(SearchBy.LINKED, ref.casefold()) for _, ref in words.linked)


def mark_asked(by: SearchBy, value: str) -> bytes | None:
    """None: no account can have it, a name of signs alone for instance."""
    is_name = by in {SearchBy.FIRST_NAME, SearchBy.LAST_NAME}
    said = fold(value) if is_name else value if by is SearchBy.SSO_ID else value.casefold()
    return _digest(by, said) if said else None


def _digest(by: SearchBy, said: str) -> bytes:
    """Under the key of the tombstones, which is not in the database."""
    text = f"{_PURPOSE}\x1f{by}\x1f{said}".encode()
    return hmac.digest(settings.TOMBSTONE_KEY.encode(), text, "sha256")[:_BYTES]
