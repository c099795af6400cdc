"""The journal sealed in blocks whose signed heads lie outside the database (docs/adr/0015)."""
