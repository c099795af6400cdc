"""Matching models as files: Kith's JSON and Splink's, in and out."""

from __future__ import annotations

import json
from typing import Final

from kith.matching.model import Model, UnreadableModel
from kith.matching.splink_json import from_splink, to_splink

MOST_BYTES: Final = 1_000_000
_DEEPEST: Final = "This JSON is nested too deeply to be a model."


def read(content: bytes, *, kind: str) -> Model:
    """Raises UnreadableModel; its sentence names the field and the level, and may be shown."""
    if len(content) > MOST_BYTES:
        raise UnreadableModel("This file is too large to be a model.")
    body = _parsed(content)
    if not isinstance(body, dict):
        raise UnreadableModel("A model is a JSON object, as Kith or Splink writes it.")
    if "kind" not in body and "link_type" in body:
        return from_splink(body, kind=kind)
    model = Model.from_json(body)
    if model.kind != kind:
        raise UnreadableModel(f"This model is for the kind '{model.kind}', not '{kind}'.")
    return model


def _parsed(content: bytes) -> object:
    try:
        return json.loads(content)
    except UnicodeDecodeError as error:
        raise UnreadableModel("This is no text in UTF-8.") from error
    except json.JSONDecodeError as error:
        raise UnreadableModel(f"This is not JSON: line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise UnreadableModel(_DEEPEST) from error


def as_kith(model: Model) -> str:
    return json.dumps(model.to_json(), indent=2) + "\n"


def as_splink(model: Model, *, system_refs: int) -> str:
    return json.dumps(to_splink(model, records=system_refs), indent=2) + "\n"
