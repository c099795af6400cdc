"""What stops Kith before it runs; each sentence says why and what to do."""

from __future__ import annotations


class DatabaseUnusable(Exception):
    """The database cannot be reached, or its folder cannot be used."""
