"""Anonymising: ordered, carried out step by step, once for all."""
