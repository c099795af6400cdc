"""Logs without personal data: a traceback names types and places, never the text of an exception.

Exception texts may quote a row (PostgreSQL's DETAIL does), whoever logs them: Django, the worker, a library.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import Final, TypeAlias

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
_DEEPEST: Final = 10


class WithoutExceptionTexts(logging.Formatter):
    def formatException(self, ei: _ExcInfo) -> str:  # the name is logging's
        parts: list[str] = []
        error = ei[1]
        while error is not None and len(parts) < _DEEPEST:
            frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
            parts.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nafter\n".join(parts)
