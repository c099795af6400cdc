"""What the documents name exists: files, commands, make targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.architecture.tree import ROOT, place

DOCUMENTS = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
COMMAND = re.compile(r"\bkith ([a-z][a-z-]*)")
TARGET = re.compile(r"(?:^|[`\n])make ([a-z][a-z-]*)")
NAMED_TEST = re.compile(r"`(test_\w+)`")
TESTS = frozenset(
    name
    for file in (ROOT / "tests").rglob("*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
)
NOT_MANAGEMENT = {"commands", "resolve"}
"""Words that `kith` itself answers (kith/config/command.py)."""


def _code_of(document: Path) -> str:
    return "\n".join(CODE.findall(document.read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    relative = (link.partition("#")[0] for link in links if "://" not in link)
    assert not [link for link in relative if link and not (document.parent / link).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_kith_command_that_is_named_exists(document: Path) -> None:
    named = set(COMMAND.findall(_code_of(document)))
    assert named <= set(get_commands()) | NOT_MANAGEMENT


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(TARGET.findall(_code_of(document))) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=place)
def test_every_test_that_is_named_exists(document: Path) -> None:
    assert set(NAMED_TEST.findall(document.read_text(encoding="utf-8"))) <= TESTS


def test_every_how_to_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert not [path.name for path in (ROOT / "docs" / "how-to").glob("*.md") if path.name not in index]
