"""Other programs that resolve the same records, each behind the same small function."""
