"""The journal: every change, written in the transaction that makes it."""
