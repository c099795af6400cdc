"""Suppression lists: files of who must not be reached, looked at before they apply, taken back whole."""
