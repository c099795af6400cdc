from __future__ import annotations

from kith.kernel.decision import Decision
from kith.organisation.levels import Level


def may_keep(*, level: Level, name: str, is_taken: bool, parent_is_there: bool) -> Decision:
    reasons = []
    if not name or len(name) > 80:
        reasons.append("the name has 1 to 80 characters")
    if is_taken:
        reasons.append(f"another {level} beside it has this name")
    if level.above is not None and not parent_is_there:
        reasons.append(f"a {level} belongs to a {level.above}")
    return Decision(tuple(reasons))


def may_remove(*, level: Level, below: int, users: int, owned: int, is_default: bool) -> Decision:
    reasons = []
    if below and level.below is not None:
        reasons.append(f"it holds {below:,} {level.below}{'s' if below != 1 else ''}: remove them first")
    if users:
        reasons.append(f"{users:,} user{'s' if users != 1 else ''} belong to it: place them elsewhere first")
    if owned:
        plural = "s" if owned != 1 else ""
        reasons.append(f"it owns {owned:,} System Ref{plural}: give their contacts to another team first")
    if is_default:
        reasons.append(
            "new contacts of an area go to it: change Owning team of new contacts in the settings first"
        )
    return Decision(tuple(reasons))
