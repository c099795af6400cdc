"""A signal to think, not a rule to dodge: functions over 60 lines and files over 500."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import KITH, source_files

LONGEST_FUNCTION = 60
LONGEST_FILE = 500


def findings() -> Iterator[str]:
    for path in source_files():
        text = path.read_text(encoding="utf-8")
        where = path.relative_to(KITH.parent)
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            yield f"{where}: {lines} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    yield f"{where}:{node.lineno} {node.name}: {length} lines"


if __name__ == "__main__":
    found = list(findings())
    print("\n".join(["Sizes to think about:", *found]) if found else "Sizes: nothing over 60 and 500 lines")
