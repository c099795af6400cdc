"""All suppressions: who must not be reached, and why; searched, counted, exported (K19 to K23)."""
