"""Accounts at the identity provider, over SCIM 2.0."""
