"""Signing in and out, one's own password, user administration: the pages and actions over `access`.

Apart from `access`, because what changes users is journaled and drawn, and `access` lies below both.
"""
