from __future__ import annotations

import io
import logging

from kith.config.logs import WithoutExceptionTexts


def _logged(error: Exception) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WithoutExceptionTexts("%(message)s"))
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        raise error  # noqa: TRY301  # to give it a traceback
    except Exception:
        log.exception("import 7 stopped")
    return stream.getvalue()


def test_a_logged_exception_says_what_and_where_but_quotes_nothing() -> None:
    said = _logged(ValueError("Key (email)=(eleni@example.com) already exists"))
    assert "eleni" not in said
    assert "builtins.ValueError" in said
    assert "test_logs.py" in said


def test_neither_does_the_exception_behind_it() -> None:
    outer = RuntimeError("eleni@example.com")
    outer.__cause__ = KeyError("eleni@example.com")
    said = _logged(outer)
    assert "eleni" not in said
    assert "builtins.KeyError" in said
