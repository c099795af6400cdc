"""Benchmarks: what Kith promises about speed, measured against its peers on the same machine."""
