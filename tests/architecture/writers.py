"""Who writes System Refs, read from the code: by SQL in a string, by a constant with such SQL, by the ORM, or
by calling somebody who does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from tests.architecture.tree import place, source_files

TABLE = "sources_sourcerecord"
MODEL = "SourceRecord"
_MODEL_SAID = (MODEL, f".{MODEL}")
_SQL = re.compile(rf'(INSERT\s+INTO|UPDATE|MERGE\s+INTO|COPY)\s+(ONLY\s+)?"?{TABLE}\b', re.IGNORECASE)
_ANY_TABLE = re.compile(r'(INSERT\s+INTO|UPDATE|MERGE\s+INTO|COPY)\s+(ONLY\s+)?"?\{', re.IGNORECASE)
_ORM = {
    "save",
    "create",
    "acreate",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "save_base",
}


@dataclass(frozen=True)
class Function:
    where: str
    """`kith/room/module.py:Class.name`"""
    node: ast.FunctionDef | ast.AsyncFunctionDef = field(compare=False, hash=False)

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def module(self) -> str:
        return self.where.partition(":")[0]


@cache
def modules() -> Mapping[str, ast.Module]:
    return {place(path): ast.parse(path.read_text(encoding="utf-8")) for path in source_files()}


@cache
def functions() -> tuple[Function, ...]:
    return tuple(one for where, tree in modules().items() for one in _of(tree, f"{where}:"))


def _of(node: ast.AST, where: str) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(f"{where}{child.name}", child)
        elif isinstance(child, ast.ClassDef):
            yield from _of(child, f"{where}{child.name}.")
        elif isinstance(child, ast.If | ast.Try | ast.With):
            yield from _of(child, where)


def texts_of(node: ast.AST) -> str:
    """Every string in it; what an f-string puts in stands as `{}`."""
    said = []
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            said.append("".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in part.values))
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            said.append(part.value)
    return "\n".join(said)


def called(node: ast.AST) -> set[str]:
    """Last words of what is called: `settle` of `loading.settle(…)`."""
    names = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            names |= {_last(call.func)} - {""}
    return names


def _last(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def _constants(pattern: re.Pattern[str]) -> frozenset[tuple[str, str]]:
    """(module, name) of constants whose text is such SQL, or that are made with one that is."""
    found: set[tuple[str, str]] = set()
    while True:
        more = {
            (module, name)
            for module in modules()
            for name, value in _assigned(module)
            if pattern.search(texts_of(value)) or _constants_in(value, module) & found
        }
        if more <= found:
            return frozenset(found)
        found |= more


def _constants_in(node: ast.AST, module: str) -> set[tuple[str, str]]:
    """Its own by name; those of other modules imported, or as `module.NAME`."""
    led, found = _led(module), set[tuple[str, str]]()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found |= {(module, part.id), led.get(part.id, ("", ""))}
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            of, name = led.get(part.value.id, ("", ""))
            found.add((f"{of.removesuffix('.py')}/{name}.py", part.attr))
    return found


@cache
def _led(module: str) -> Mapping[str, tuple[str, str]]:
    """Imported name → (file it is imported from, its name there)."""
    return {
        alias.asname or alias.name: (f"{(statement.module or '').replace('.', '/')}.py", alias.name)
        for statement in ast.walk(modules()[module])
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


@cache
def _assigned(module: str) -> tuple[tuple[str, ast.expr], ...]:
    return tuple(
        (target.id, statement.value)
        for statement in modules()[module].body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    )


def _words(node: ast.AST) -> set[str]:
    return {_last(part) for part in ast.walk(node)} - {""}


def by_sql(pattern: re.Pattern[str] = _SQL) -> set[str]:
    constants = _constants(pattern)
    return {
        one.where
        for one in functions()
        if pattern.search(texts_of(one.node)) or _constants_in(one.node, one.module) & constants
    }


def of_any_table() -> set[str]:
    """SQL that writes a table which is named elsewhere."""
    return by_sql(_ANY_TABLE)


@cache
def _gives_records() -> frozenset[str]:
    """Names of functions that say they return System Refs."""
    return frozenset(
        f".{one.name}"
        for one in functions()
        if one.node.returns is not None and MODEL in _said(one.node.returns)
    )


def _said(node: ast.AST) -> set[str]:
    """Annotations may be quoted."""
    return _words(node) | set(re.findall(r"\w+", texts_of(node)))


def by_orm() -> set[str]:
    return {one.where for one in functions() if writes_records(one.node)}


def writes_records(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
    if not any(isinstance(one.func, ast.Attribute) and one.func.attr in _ORM for one in calls):
        return False
    records = _names_of_records(function)
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in _ORM:
            hangs_on = _chain(call.func.value)
            if hangs_on & {*_MODEL_SAID, *records, *_gives_records()}:
                return True
            if call.func.attr.startswith("bulk_") and any(_holds_records(one, records) for one in call.args):
                return True
    return False


def _holds_records(argument: ast.expr, records: set[str]) -> bool:
    return MODEL in _words(argument) or (isinstance(argument, ast.Name) and argument.id in records)


def _names_of_records(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    names = {one.arg for one in arguments if one.annotation is not None and MODEL in _said(one.annotation)}
    while True:
        more = {name for part in ast.walk(function) for name in _bound(part, names)}
        if more <= names:
            return names
        names |= more


def _bound(part: ast.AST, records: set[str]) -> Iterator[str]:
    match part:
        case ast.Assign(targets=targets, value=value):
            pass
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
        ):
            targets = [target]
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            targets = [target]
        case _:
            return
    if _chain(value) & {*_MODEL_SAID, *records, *_gives_records()}:
        yield from (one.id for one in targets if isinstance(one, ast.Name))


def _chain(node: ast.AST) -> set[str]:
    """What a value is got from: not what it is asked with. What is called, or asked of something, has a dot
    before it: a variable that has the name of a function is none."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return {f".{name}", name}
        case ast.Call(func=func):
            return _chain(func)
        case ast.Attribute(value=value, attr=attr):
            return _chain(value) | {f".{attr}"}
        case ast.Subscript(value=value):
            return _chain(value)
        case ast.BoolOp(values=values):
            return set().union(*(_chain(one) for one in values))
        case ast.IfExp(body=body, orelse=orelse):
            return _chain(body) | _chain(orelse)
        case ast.Name(id=name):
            return {name}
        case _:
            return set()


def callers_of(names: Mapping[str, str]) -> set[str]:
    """`names`: of functions by their module. Functions that call one: in its module by name, elsewhere as
    `module.name(…)`, or imported."""
    found = set()
    for one in functions():
        for call in ast.walk(one.node):
            if isinstance(call, ast.Call) and _calls(call, one, names):
                found.add(one.where)
    return found


def _calls(call: ast.Call, one: Function, names: Mapping[str, str]) -> bool:
    module = names.get(_last(call.func))
    if module is None:
        return False
    if isinstance(call.func, ast.Name):
        return module == one.module or _led(one.module).get(_last(call.func), ("",))[0] == module
    stem = module.rpartition("/")[2].removesuffix(".py")
    return _last(call.func.value) in {stem, "self"} if isinstance(call.func, ast.Attribute) else False


def reaches(module: str, start: str) -> set[str]:
    """Everything that `start` calls, through functions of its module."""
    own = {one.name: called(one.node) for one in functions() if one.module == module}
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        for other in own.get(name, set()) - seen:
            seen.add(other)
            waiting.append(other)
    return seen
