"""Accounts, what is posted to them, and what else goes on with a contact; the life cycle that follows."""
