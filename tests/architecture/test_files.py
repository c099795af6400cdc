"""What no tracked file may hold, and what every template has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.tree import place, source_files, template_files, tracked_files

SELF = "tests/architecture/test_files.py"
MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:root|work|home/[a-z]+|Users/[A-Za-z]+)/\w")
INDEX_ADDRESS = re.compile(r"--(?:extra-)?index-url|pypi\.org/simple|files\.pythonhosted\.org")
TEXT = {".py", ".html", ".md", ".txt", ".toml", ".css", ".js", ".json", ".yml", ".yaml", ".cfg", ""}
INLINE = re.compile(
    r"""\sstyle\s*=\s*["']|<script(?![^>]*\bsrc\s*=)[^>]*>|\son[a-z]+\s*=\s*["']""", re.IGNORECASE
)
BARE_FACT = re.compile(r"<dl class=\"facts[^>]*>(?:\s|\{%[^%]*%\}|\{\{[^}]*\}\})*<dt|</dd>\s*<dt")
MAY_PRINT = {"kith/config/command.py"}


def _holds(pattern: re.Pattern[str], paths: tuple[Path, ...]) -> list[str]:
    return [
        f"{place(path)}:{number}"
        for path in paths
        if path.suffix in TEXT and place(path) != SELF
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert not _holds(MACHINE_PATH, tracked_files())


def test_no_file_names_a_package_index() -> None:
    allowed = {"Makefile"}  # --no-emit-index-url keeps the address out of the lock files
    found = [where for where in _holds(INDEX_ADDRESS, tracked_files()) if where.split(":")[0] not in allowed]
    assert not found


def test_templates_hold_no_inline_script_or_style() -> None:
    assert not _holds(INLINE, template_files())


def test_each_fact_of_a_page_is_a_row_of_its_own() -> None:
    """Label and value in a `div`: without it the page draws them outside of the card's margins."""
    bare = [place(path) for path in template_files() if BARE_FACT.search(path.read_text(encoding="utf-8"))]
    assert not bare


def test_every_page_has_a_title() -> None:
    untitled = [
        place(path)
        for path in template_files()
        if '{% extends "web/page.html" %}' in (text := path.read_text(encoding="utf-8"))
        and "{% block title %}" not in text
    ]
    assert not untitled


def test_nothing_is_printed_outside_commands() -> None:
    prints = [
        f"{place(path)}:{node.lineno}"
        for path in source_files()
        if "commands" not in path.parts and place(path) not in MAY_PRINT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not prints


def test_log_lines_are_not_built_before_they_are_wanted() -> None:
    built = [
        f"{place(path)}:{node.lineno}"
        for path in source_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger"}
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ]
    assert not built
