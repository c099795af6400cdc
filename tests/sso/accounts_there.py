"""`python -m tests.sso.accounts_there REF`: the SSO IDs that this Kith finds by a linked System Ref."""

from __future__ import annotations

import sys

import django

django.setup()

from kith.sso.provider import SearchBy  # noqa: E402  # settings first
from kith.sso.queries import provider  # noqa: E402

if __name__ == "__main__":
    found = provider().find(SearchBy.LINKED, sys.argv[1])
    sys.stdout.write(" ".join(f"{one.sso_id} {one.last_name}" for one in found.rows))
