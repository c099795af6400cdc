"""Write docs/reference from the code: `make docs`. A test fails when they differ."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kith.config.api_reference import Field

FOLDER = Path(__file__).resolve().parent / "reference"
NOTE = "<!-- Written by docs/generate.py; change the code instead. -->\n"


def pages() -> dict[str, str]:
    return {
        "permissions.md": permissions(),
        "settings.md": settings(),
        "commands.md": commands(),
        "api.md": api(),
        "personal-data.md": personal_data(),
    }


def permissions() -> str:
    from kith.access.permissions import Permission
    from kith.access.roles import ROLES

    roles = list(ROLES.values())
    lines = ["# Who may do what", "", "| | " + " | ".join(role.label for role in roles) + " |"]
    lines.append("|---" * (len(roles) + 1) + "|")
    for permission in Permission:
        marks = ["yes" if permission in role.permissions else "" for role in roles]
        lines.append(f"| {permission.label} | " + " | ".join(marks) + " |")
    lines += ["", *(f"- **{role.label}**: {role.description}." for role in roles)]
    return _page(lines)


def settings() -> str:
    from kith.config.variables import VARIABLES

    lines = [
        "# Settings",
        "",
        "Environment variables; with `_FILE` behind the name (not KITH_HOME), the value is read",
    ]
    lines += ["from that file.", "", "| Variable | |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in VARIABLES.items()]
    return _page(lines)


def commands() -> str:
    from django.core.management import get_commands

    from kith.config.command import HELP

    ours = sorted(name for name, app in get_commands().items() if app.startswith("kith."))
    lines = ["# Commands", "", "```", HELP.rstrip(), "```", "", "| | |", "|---|---|"]
    for name in ours:
        module = import_module(f"{get_commands()[name]}.management.commands.{name}")
        lines.append(f"| `kith {name}` | {module.Command.help} |")
    return _page(lines)


def personal_data() -> str:
    from kith.privacy.erasing.places import places

    lines = [
        "# Personal data",
        "",
        "Where Kith keeps what it knows of people, and what anonymising makes of each column.",
        "Columns that are not listed hold no value of a person: ids, states, times, counts.",
        "",
        "| What | Table | Belongs to | Anonymising |",
        "|---|---|---|---|",
    ]
    listed = [place for place in places() if place.rule.fields]
    for place in sorted(listed, key=lambda place: place.rule.label.casefold()):
        said = "<br>".join(place.said())
        lines.append(f"| {place.rule.label} | `{place.table}` | {place.belongs_to} | {said} |")
    others = sorted({place.rule.label for place in places() if not place.rule.fields}, key=str.casefold)
    lines += ["", f"Without a value of a person: {', '.join(others)}."]
    return _page(lines)


def api() -> str:
    from kith.config.api import document
    from kith.config.api_reference import reference

    described = reference(document())
    lines = ["# API", "", "How to use it: [use the API](../how-to/use-the-api.md).", ""]
    lines += ["| | | Needs | |", "|---|---|---|---|"]
    operations = [one for group in described.groups for one in group.operations]
    for one in operations:
        lines.append(f"| `{one.method}` | [`{one.path}`](#{one.id}) | {one.permission} | {one.summary} |")
    for one in operations:
        lines += ["", f"## {one.id}", "", f"`{one.method} {one.path}`: {one.summary.lower()}. {one.words}"]
        if one.body:
            lines += ["", f"Body: [{one.body}](#{one.body.lower()})"]
        if one.parameters:
            lines += ["", *_fields(one.parameters, "Parameter")]
        lines += ["", "| Status | | Answer |", "|---|---|---|"]
        lines += [f"| {a.status} | {a.words} | {_linked(a.shape)} |" for a in one.answers]
    lines += ["", "# Shapes"]
    for shape in described.shapes:
        lines += ["", f"## {shape.name}", ""] + ([shape.words, ""] if shape.words else [])
        lines += _fields(shape.fields, "Field")
    return _page(lines)


def _linked(shape: str) -> str:
    return f"[{shape}](#{shape.lower()})" if shape else ""


def _fields(fields: Sequence[Field], title: str) -> list[str]:
    """A field that is always there (in an answer) or has to be (in a body) is bold."""
    lines = [f"| {title} | Type | |", "|---|---|---|"]
    for one in fields:
        name = f"**`{one.name}`**" if one.is_required else f"`{one.name}`"
        kind = f"[{one.type}](#{one.link.lower()})" if one.link else one.type
        lines.append(f"| {name} | {kind} | {one.words} |")
    return lines


def _page(lines: list[str]) -> str:
    return NOTE + "\n".join(lines) + "\n"


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    django.setup()
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
