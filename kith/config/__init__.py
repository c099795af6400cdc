"""Composition: settings, URLs, the command, the embedded database, the order of the overnight run."""
