"""Which browser the journeys drive: the system's Chromium, else Playwright's own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ON_THE_SYSTEM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000
"""On a machine with much else to do. A journey that works waits for none of it."""


def executable() -> str | None:
    """Path of a browser, or None when there is none."""
    for name in ON_THE_SYSTEM:
        if found := shutil.which(name):
            return found
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    own = sorted(downloads.glob("chromium-*/chrome-*/chrome"))
    return str(own[-1]) if own else None
