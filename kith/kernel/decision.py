"""The answer of a rule: yes, or no with every reason at once."""

from __future__ import annotations

from dataclasses import dataclass

from kith.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Decision:
    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.reasons

    def or_raise(self, error: type[Refused] = Refused) -> None:
        if self.reasons:
            raise error(sentence(self.reasons))


def sentence(reasons: tuple[str, ...]) -> str:
    """Reasons as one sentence: first letter up, full stop."""
    text = "; ".join(reasons)
    return f"{text[:1].upper()}{text[1:]}."
