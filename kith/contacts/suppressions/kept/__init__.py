"""Every suppression in force, kept in a file beside the ledger of erasures: keyed digests, nothing personal.

A database restored from a backup does not know who was suppressed since. `kith restore` reads the file, so
that nobody is written to who was suppressed after the backup was made.
"""
