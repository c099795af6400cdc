"""Each example fits the shape it is an example of, and everything has one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from kith.config.api import document

MADE = document()


def _contents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in MADE["paths"].items():
        for method, operation in methods.items():
            nodes = {"body": operation.get("requestBody", {}), **operation["responses"]}
            for name, node in nodes.items():
                if "application/json" in node.get("content", {}):
                    yield f"{method} {path} {name}", node["content"]["application/json"]


CONTENTS = dict(_contents())


@pytest.mark.parametrize("place", CONTENTS)
def test_every_body_and_every_answer_has_an_example_that_fits(place: str) -> None:
    content = CONTENTS[place]
    examples = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
    schema = {**content["schema"], "components": MADE["components"]}
    for example in examples:
        jsonschema_rs.validate(schema, example)


def test_every_kind_of_operation_has_an_example_of_its_own() -> None:
    shown = CONTENTS["post /api/v1/operations body"]["examples"]
    assert set(shown) == {"group", "ungroup", "split", "move", "keep_apart", "undo"}
