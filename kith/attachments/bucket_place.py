"""Where a bucket is, as the settings say it. Read before Django is set up."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    prefix: str = ""
    endpoint: str = ""
    """Empty is Amazon's of the region."""
    region: str = "us-east-1"
    key_id: str = ""
    """Empty leaves it to the environment of the machine."""
    secret: str = field(default="", repr=False)
