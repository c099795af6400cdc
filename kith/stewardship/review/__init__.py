"""The review queue: pairs of contacts that a person should look at, one question a page."""
