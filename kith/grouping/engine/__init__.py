"""The overnight step that compares, and the store of its evidence."""
