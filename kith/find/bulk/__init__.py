"""One change of everybody a search finds: looked at first, made by a job, undone as a whole."""
