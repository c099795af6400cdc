"""The file of a backup tells when anything of it is not as it was written. Pure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.backups.format import (
    HEADER_BYTES,
    BadBackup,
    Header,
    Opened,
    _unpacked,
    packed,
    read_header,
    wrapping,
    write_header,
)
from kith.vault import cipher
from kith.vault.master_keys import MasterKeys

MASTERS = MasterKeys({1: bytes(32), 2: b"m" * 32})
CONTENT = {"database": b"rows " * 50_000, "store/0a": b"", "summary": b"{}"}


def made(path: Path, *, uid: str = "ab" * 16, content: dict[str, bytes] | None = None) -> Path:
    key = cipher.new_key()
    wrapped = cipher.seal(MASTERS.by_version[2], key, context=wrapping(uid, 2)).hex()
    header = Header(
        uid=uid,
        installation="here",
        kith="1",
        program=18,
        made_at="2026-11-23T03:00:00+00:00",
        journal_block=1,
        ledger_number=0,
        ledger_mac="",
        master_version=2,
        wrapped=wrapped,
    )
    parts = [
        b"".join(
            cipher.seal_stream(
                key,
                packed((name, [text]) for name, text in said.items()),
                context=header.context(part),
            )
        )
        for part, said in (("data", content or CONTENT), ("keys", {"secrets": b"s" * 900}))
    ]
    header = replace(header, data_bytes=len(parts[0]), keys_bytes=len(parts[1])).sealed(key)
    with path.open("wb") as file:
        write_header(file, header)
        file.seek(HEADER_BYTES)
        file.write(parts[0] + parts[1])
    return path


def read(path: Path) -> dict[str, bytes]:
    opened = Opened.of(path, MASTERS)
    found = {entry.name: entry.content() for entry in opened.entries_of_data()}
    if opened.has_keys:
        found |= {entry.name: entry.content() for entry in opened.entries_of_keys()}
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return made(tmp_path / "one.kith")


def test_what_was_written_is_read_back(file: Path) -> None:
    assert read(file) == {**CONTENT, "secrets": b"s" * 900}


@given(entries=st.lists(st.tuples(st.text(max_size=20), st.lists(st.binary(max_size=300), max_size=4))))
def test_entries_of_any_names_and_sizes_are_read_back_however_the_stream_is_cut(
    entries: list[tuple[str, list[bytes]]],
) -> None:
    stream = b"".join(packed(entries))
    one_by_one = (stream[at : at + 1] for at in range(len(stream)))
    found = [(entry.name, entry.content()) for entry in _unpacked(one_by_one)]
    assert found == [(name, b"".join(blocks)) for name, blocks in entries]


def test_entries_that_are_not_read_are_passed_over(file: Path) -> None:
    names = [entry.name for entry in Opened.of(file, MASTERS).entries_of_data()]
    assert names == list(CONTENT)


def test_without_its_keys_the_rest_opens_and_the_keys_are_asked_for(file: Path) -> None:
    header = read_header(file)
    with file.open("r+b") as cut:
        cut.truncate(HEADER_BYTES + header.data_bytes)
    assert read(file) == CONTENT
    with pytest.raises(BadBackup, match="name that one with --keys"):
        next(Opened.of(file, MASTERS).entries_of_keys())


@pytest.mark.parametrize("left", [0, 10, HEADER_BYTES, HEADER_BYTES + 5_000, -1])
def test_a_file_cut_anywhere_is_refused(file: Path, left: int) -> None:
    size = file.stat().st_size
    with file.open("r+b") as cut:
        cut.truncate(left if left >= 0 else size + left)
    with pytest.raises(BadBackup, match=r"it is no backup of Kith|it was cut short"):
        read(file)


def test_a_byte_too_many_is_refused(file: Path) -> None:
    with file.open("ab") as longer:
        longer.write(b"\0")
    with pytest.raises(BadBackup, match="it is too long"):
        read(file)


@pytest.mark.parametrize("at", [HEADER_BYTES, HEADER_BYTES + 40, HEADER_BYTES + 70_000, -1, -500])
def test_a_byte_flipped_in_a_part_is_refused(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises(BadBackup, match="it was damaged or changed"):
        read(file)


def test_no_field_of_the_header_can_be_changed(file: Path) -> None:
    header = read_header(file)
    for name, value in {
        "made_at": "2027-11-23T03:00:00+00:00",
        "ledger_number": 7,
        "installation": "elsewhere",
        "data_bytes": header.data_bytes - 1,
        "uid": "cd" * 16,
    }.items():
        with file.open("r+b") as other:
            write_header(other, replace(header, **{name: value}))  # type: ignore[arg-type]  # by name
        with pytest.raises(BadBackup, match=r"header was changed|not the one it was made with"):
            read(file)


def test_a_part_of_another_backup_is_refused(file: Path, tmp_path: Path) -> None:
    other = made(tmp_path / "other.kith", uid="cd" * 16).read_bytes()
    file.write_bytes(file.read_bytes()[:HEADER_BYTES] + other[HEADER_BYTES:])
    with pytest.raises(BadBackup, match="it was damaged or changed"):
        read(file)


def test_another_master_key_and_one_that_is_not_there_are_told_apart(file: Path) -> None:
    with pytest.raises(BadBackup, match="the master key here is not the one it was made with"):
        Opened.of(file, MasterKeys({2: b"x" * 32}))
    with pytest.raises(BadBackup, match="it needs version 2 of the master key, which is not here"):
        Opened.of(file, MasterKeys({1: bytes(32)}))


def test_something_else_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "else").write_bytes(b"PGDMP" + bytes(HEADER_BYTES))
    with pytest.raises(BadBackup, match="it is no backup of Kith"):
        read_header(tmp_path / "else")
