"""Files of accounts, of what is posted to them, and of linked items, taken in by the imports of sources."""
