from __future__ import annotations

from tests.sources.conftest import import_folder, source, take_in

__all__ = ["import_folder", "source", "take_in"]
