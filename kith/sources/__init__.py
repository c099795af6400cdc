"""Source systems, System Refs as received, imports."""
