"""Deleting a contact for good (C28, A15)."""
