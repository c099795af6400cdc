from __future__ import annotations

import re
import runpy

from kith.config.variables import VARIABLES
from tests.architecture.tree import ROOT, source_files

READ = re.compile(
    r"""environment\.(?:text|flag|number|words|zone|time_of_day)\(\s*"([A-Z0-9_]+)"|environ(?:\.get\(|\[)"(KITH_\w+)\""""
)


def test_the_reference_says_what_the_code_says() -> None:
    generator = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    stale = [
        name
        for name, text in generator["pages"]().items()
        if not (path := ROOT / "docs" / "reference" / name).exists()
        or path.read_text(encoding="utf-8") != text
    ]
    assert not stale, "run: make docs"


def test_every_variable_that_is_read_is_explained() -> None:
    found = READ.findall("\n".join(path.read_text(encoding="utf-8") for path in source_files()))
    assert {one or other for one, other in found} == set(VARIABLES)
