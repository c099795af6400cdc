"""`python -m tests.matching.cases [word …]`: which cases fail; with words, only of those named by one."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

from tests.matching.cases import all_cases, failure, judge, open_cases


def main(words: Sequence[str]) -> int:
    cases = [case for case in all_cases() if not words or any(word in case.name for word in words)]
    messages = {case.name: failure(case, got=judge(case.left, case.right)) for case in cases}
    failed = {name for name, message in messages.items() if message}
    lines = [
        *(messages[name] for name in messages if name in failed),
        _counts("expected", [(case.expected.value, case.name in failed) for case in cases]),
        _counts("country", [(case.country, case.name in failed) for case in cases]),
        f"{len(cases)} cases, {len(failed)} fail, {len(failed - open_cases())} of them not known",
        "open but met now: " + ", ".join(sorted(open_cases() & messages.keys() - failed)),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if failed - open_cases() else 0


def _counts(what: str, of: Sequence[tuple[str, bool]]) -> str:
    every = Counter(value for value, _ in of)
    bad = Counter(value for value, failed in of if failed)
    return f"{what}: " + ", ".join(f"{value} {every[value]} ({bad[value]} fail)" for value in sorted(every))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
