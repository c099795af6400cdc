from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from kith.kernel.errors import Conflict
from kith.kernel.seen import state_of, unless_changed


@dataclass(frozen=True)
class Details:
    name: str
    note: str = ""


def test_a_state_is_another_as_soon_as_any_detail_is_another() -> None:
    before = Details("Terms")
    seen = state_of(before)
    unless_changed(Details("Terms"), seen=seen)
    unless_changed(replace(before, note="new"), seen="")
    with pytest.raises(Conflict, match="Somebody changed this meanwhile"):
        unless_changed(replace(before, note="new"), seen=seen)
