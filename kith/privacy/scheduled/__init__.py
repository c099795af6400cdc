"""The scheduled batch (C40): inactive contacts are anonymised by themselves, after the months of C15."""
