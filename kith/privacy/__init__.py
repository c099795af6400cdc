"""Anonymising for ever and proving it, requests of persons, retention."""
