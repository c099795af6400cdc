"""Uploaded files wait without a name, and are closed with whoever holds them."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from kith.web.uploads import NamelessUploadHandler


def begun() -> NamelessUploadHandler:
    handler = NamelessUploadHandler()
    handler.new_file("file", "passport.pdf", "application/pdf", None)
    handler.receive_data_chunk(b"%PDF", 0)
    return handler


def test_a_file_that_waits_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    handler = begun()
    assert not list(tmp_path.iterdir())
    given = handler.file_complete(4)
    assert (given.read(), given.name, given.size) == (b"%PDF", "passport.pdf", 4)
    assert not list(tmp_path.iterdir())


def test_a_form_that_breaks_off_closes_its_file() -> None:
    handler = begun()
    received = handler.received
    handler.upload_interrupted()
    assert received.closed
    NamelessUploadHandler().upload_interrupted()


def test_what_nobody_holds_any_more_is_closed() -> None:
    handler = begun()
    cut_off = handler.received
    del handler
    gc.collect()
    assert cut_off.closed
    handler = begun()
    given, complete = handler.file_complete(4), handler.received
    del handler
    gc.collect()
    assert not complete.closed
    del given
    gc.collect()
    assert complete.closed
