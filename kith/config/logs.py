"""Logs without personal data: a traceback names types and places, never the text of an exception.

Exception texts may quote a row (PostgreSQL's DETAIL does), whoever logs them: Django, the worker, a library.
Django also logs the path of whatever it answers with an error, and a token that stands there may work still.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Final, TypeAlias

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
_DEEPEST: Final = 10
BEFORE_TOKENS: Final = ("/privacy-request/confirm/", "/privacy/information/link/")
"""How addresses begin that end in a token; whoever reads it can use it."""
_TOKEN: Final = re.compile(rf"({'|'.join(map(re.escape, BEFORE_TOKENS))})\S+", re.IGNORECASE)


class WithoutExceptionTexts(logging.Formatter):
    def formatException(self, ei: _ExcInfo) -> str:  # the name is logging's
        parts: list[str] = []
        error = ei[1]
        while error is not None and len(parts) < _DEEPEST:
            frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
            parts.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nafter\n".join(parts)


class Discreet(WithoutExceptionTexts):
    """What the console shows, whoever logs it."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(r"\1…", super().format(record))
