"""Unflagging that waits for the overnight run, where the settings of stewardship say so (K20)."""
