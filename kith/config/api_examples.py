"""An example for every body and every answer of the API, made from its description.

Fields of one name read alike everywhere; a test holds each example to the shape it is an example of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

Node = Mapping[str, Any]

NAMED: Final[Mapping[str, object]] = {
    "group_id": 1000000,
    "master": 1000000,
    "contact": 1000000,
    "to": 1000000,
    "from_group_id": 1000007,
    "to_group_id": 1000000,
    "came_from": 1000007,
    "successor": 1000000,
    "record_id": 4711,
    "record": {"source": "SHOP", "system_ref": "700 41 882"},
    "children": [1000007, {"source": "SHOP", "system_ref": "700 41 882"}],
    "contacts": [1000000, 1000007],
    "parts": [[4711, 4712], [4713]],
    "group_ids": [1000000],
    "retired": [1000007],
    "successors": [],
    "predecessors": [1000007],
    "record_ids": [4711, 4712],
    "operation": 12,
    "operation_id": 12,
    "request_id": None,
    "run_id": None,
    "undoes": None,
    "undone_by": None,
    "lifted_by": None,
    "last_run_id": 41,
    "name": "Ann Leeson",
    "first_name": "Ann",
    "last_name": "Leeson",
    "full_name": None,
    "company_name": None,
    "birth_date": "1987-03-14",
    "email": "ann.leeson@example.org",
    "emails": ["ann.leeson@example.org"],
    "phone": "+35799123456",
    "phones": ["+35799123456"],
    "town": "Limassol",
    "city": "Limassol",
    "postcode": "3036",
    "line1": "12 Harbour Street",
    "country": "CY",
    "currency": "EUR",
    "number": "A-1001",
    "reference": "INV-2026-117",
    "amount": "12.50",
    "balance": "69.75",
    "classification": "Season tickets",
    "life_cycle": "financial",
    "level": "RESTRICTED",
    "privacy_level": "STANDARD",
    "masked": None,
    "source": "SHOP",
    "sources": ["SHOP", "TICKETS"],
    "system_ref": "700 41 882",
    "q": "ann leeson",
    "reason": "Same passport, seen at the counter",
    "seen": "3f9c2a7b51d04e88a6c1",
    "cursor": "",
    "next": "AAAAAAAPQkA",
    "by": "Maria Steward",
    "words": "Same name and birth date; other e-mail",
    "field": "birth_date",
    "before": "",
    "after": "1987-03-14",
    "failure": "",
    "error": "There is no contact with this GroupID.",
    "sentence": "There is no contact with this GroupID.",
    "fields": {"first_name": "Ann", "last_name": "LEESON", "email_1": "Ann.Leeson@example.org"},
    "value": {"birth_date": "1987-03-14"},
    "label": "Date of birth",
    "title": "GroupID 1 000 000: two passports",
    "text": "Asked the counter: the first is right.",
    "says": "14 Mar 1978",
    "right": "14 Mar 1987",
    "note": "As in the passport",
    "relation": "EMPLOYEE",
    "golden": {"name": "Ann Leeson", "birth_date": "1987-03-14"},
    "lost": ["Anne"],
    "returns": [],
    "reasons": [],
    "warnings": [],
    "cannot": [],
    "protections": [],
    "lifted": [],
    "probability": 0.97,
    "weight": 5.2,
    "id": 12,
    "size": 50,
}
"""By field name; used where the field's type can hold it, else the type's own example."""

_TEXTS: Final = {"date": "1987-03-14", "date-time": "2026-11-22T10:30:00Z"}


def add_examples(document: dict[str, Any]) -> None:
    """One for each body and each successful answer; for a body with kinds, one for each of them."""
    shapes = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for content in _contents(operation):
                examples = list(_examples(content["schema"], shapes))
                if len(examples) == 1:
                    content["example"] = examples[0][1]
                else:
                    content["examples"] = {name: {"value": value} for name, value in examples}


def _contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    nodes = [operation.get("requestBody", {}), *operation["responses"].values()]
    for node in nodes:
        content = node.get("content", {}).get("application/json")
        if content:
            yield content


def _examples(schema: Node, shapes: Node) -> Iterator[tuple[str, object]]:
    whole = _resolved(schema, shapes)
    kinds = [
        (name, kind, _resolved(variant, shapes))
        for name, field in whole.get("properties", {}).items()
        for kind, variant in _variants(field)
    ]
    if not kinds:
        yield "", _example(schema, shapes)
        return
    for name, kind, variant in kinds:
        made = _object(whole, shapes)
        yield kind, {**made, name: _object(variant, shapes)}


def _variants(field: Node) -> Iterator[tuple[str, Node]]:
    mapping: Node = field.get("discriminator", {}).get("mapping", {})
    yield from ((kind, {"$ref": place}) for kind, place in mapping.items())


def _resolved(schema: Node, shapes: Node) -> Node:
    if "$ref" not in schema:
        return schema
    found: Node = shapes[str(schema["$ref"]).rpartition("/")[2]]
    return found


def _object(schema: Node, shapes: Node) -> dict[str, object]:
    """What may be left out and is nothing by itself is left out, to be read with ease."""
    required = set(schema.get("required", ()))
    return {
        name: _field(name, field, shapes)
        for name, field in schema.get("properties", {}).items()
        if name in required or name in _WORTH_SHOWING
    }


_WORTH_SHOWING: Final = frozenset(
    {"q", "size", "reason", "seen", "first_name", "last_name", "birth_date", "emails", "source", "system_ref"}
)


def _field(name: str, schema: Node, shapes: Node) -> object:
    value = NAMED.get(name, ...)
    if value is not ... and _holds(schema, value, shapes):
        return value
    return _example(schema, shapes)


def _holds(schema: Node, value: object, shapes: Node) -> bool:
    """Roughly: of the same kind; arrays and objects whole only where their rows are plain."""
    options = [_resolved(one, shapes) for one in schema.get("anyOf", [schema])]
    types = {str(one.get("type", "")) for one in options}
    if isinstance(value, list):
        rows = [_resolved(one.get("items", {}), shapes) for one in options if one.get("type") == "array"]
        return bool(rows) and (not value or "properties" not in rows[0])
    if isinstance(value, dict):
        return any(_is_plain_mapping(one) for one in options) or (
            set(value) == {"source", "system_ref"} and "object" in types
        )
    if value is None:
        return "null" in types
    if any("enum" in one or "const" in one for one in options):
        return any(value in one.get("enum", ()) for one in options)
    return _TYPE_OF[type(value)] in types


def _is_plain_mapping(schema: Node) -> bool:
    rows = schema.get("additionalProperties", {})
    is_plain = not isinstance(rows, dict) or rows.get("type") != "array"
    return schema.get("type") == "object" and "properties" not in schema and is_plain


_TYPE_OF: Final[Mapping[type, str]] = {str: "string", int: "integer", float: "number"}


def _example(schema: Node, shapes: Node) -> object:
    schema = _resolved(schema, shapes)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], shapes)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object" if "properties" in schema:
            return _object(schema, shapes)
        case "object":
            return {}
        case "array":
            return [_example(schema["items"], shapes)]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "number":
            return 0.97
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return schema.get("default", _TEXTS.get(schema.get("format", ""), "text"))
