"""Sealing: what hangs on a System Ref is written under a key of its own, and gone when the key is."""
