"""Golden records: which claim wins for each field, and why."""
