"""The OpenAPI document as tables to read, for the page /api/docs and for docs/reference/api.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kith.access.permissions import Permission

Node = Mapping[str, Any]
"""A piece of the document."""

METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    link: str
    """Name of the first shape its type leads to; '' where it is a plain value."""
    links: tuple[str, ...]
    """All of them, where it may be one of several."""
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    words: str
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One operation."""

    id: str
    group: str
    method: str
    path: str
    summary: str
    words: str
    permission: str
    parameters: tuple[Field, ...]
    body: str
    """Name of the shape; '' without a body."""
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    operations: tuple[Described, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    words: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]


def reference(document: Node) -> Reference:
    described = [_described(*one) for one in _operations(document)]
    names = dict.fromkeys(one.group for one in described)
    groups = tuple(Group(name, tuple(one for one in described if one.group == name)) for name in names)
    return Reference(groups, tuple(_used_shapes(document, described)))


def _used_shapes(document: Node, described: list[Described]) -> Iterator[Shape]:
    """Those that a body or an answer leads to; parameters are listed at their operation."""
    shapes = document["components"]["schemas"]
    waiting = [one.body for one in described] + [answer.shape for one in described for answer in one.answers]
    used: dict[str, Shape] = {}
    while waiting:
        name = waiting.pop()
        if name and name not in used:
            used[name] = _shape(name, shapes[name])
            waiting += [link for field in used[name].fields for link in field.links]
    yield from (used[name] for name in sorted(used))


def _operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _described(path: str, method: str, operation: Node) -> Described:
    return Described(
        id=operation["operationId"],
        group=operation["tags"][0],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        words=operation.get("description", ""),
        permission=Permission(operation["x-permission"]).label,
        parameters=(
            *(
                _field(one["name"], one["schema"], is_required=one["required"])
                for one in operation.get("parameters", ())
            ),
            *_form_fields(operation.get("requestBody", {})),
        ),
        body=_shape_in(operation.get("requestBody", {})),
        answers=tuple(
            Answer(int(status), answer["description"], _shape_in(answer))
            for status, answer in operation["responses"].items()
        ),
    )


def _form_fields(node: Node) -> Iterator[Field]:
    """Of a body that is a form with files."""
    schema: Node = node.get("content", {}).get("multipart/form-data", {}).get("schema", {})
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        yield _field(name, field, is_required=name in required)


def _shape_in(node: Node) -> str:
    schema: Node = node.get("content", {}).get("application/json", {}).get("schema", {})
    return _name(schema)


def _shape(name: str, schema: Node) -> Shape:
    required = set(schema.get("required", ()))
    fields = schema.get("properties", {})
    return Shape(
        name,
        " ".join(schema.get("description", "").split()),
        tuple(_field(key, value, is_required=key in required) for key, value in fields.items()),
    )


def _field(name: str, schema: Node, *, is_required: bool) -> Field:
    links = tuple(dict.fromkeys(_linked(schema)))
    link = links[0] if links else ""
    return Field(name, _type(schema), link, links, is_required, schema.get("description", ""))


def _type(schema: Node) -> str:
    """`list of PhoneIn`, `text or null`, `“same” or “review”`."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(_type(one) for one in schema.get("anyOf") or schema["oneOf"])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"“{one}”" for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"{_type(inner)} by name" if isinstance(inner, Mapping) else "object"
    return _WORDS.get((schema.get("type", ""), schema.get("format", "")), str(schema.get("type", "")))


_WORDS: Final = {
    ("string", ""): "text",
    ("string", "binary"): "file",
    ("string", "date"): "date",
    ("string", "date-time"): "time",
    ("integer", ""): "whole number",
    ("number", ""): "number",
    ("boolean", ""): "yes or no",
}


def _linked(schema: Node) -> Iterator[str]:
    if "$ref" in schema:
        yield _name(schema)
    inside = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    for one in [*inside, *([schema["items"]] if "items" in schema else ())]:
        yield from _linked(one)


def _name(schema: Node) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
