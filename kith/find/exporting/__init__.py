"""Results of a search as files: written by a job, sealed, kept for seven days, for whoever asked (C25)."""
