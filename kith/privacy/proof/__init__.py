"""That nothing of a person is left: what to look for, where, what was found, and a signed word on it."""
