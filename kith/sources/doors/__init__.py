"""The doors: whoever was anonymised does not come in again, whichever source sends them (X10).

What is kept of them is keyed digests (`kith.sources.tombstones`): of each System Ref, and of what tells who
somebody is (`identity`). They are asked in the transaction that would write; an erasure holds the lock alone.
"""
