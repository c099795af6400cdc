"""`python -m tests.backups.at_the_door CODE REF …`: which of these the door of this Kith keeps out."""

from __future__ import annotations

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402  # settings first

from kith.sources.doors.refusing import refused_among  # noqa: E402
from kith.sources.models import SourceSystem  # noqa: E402

if __name__ == "__main__":
    code, *refs = sys.argv[1:]
    with transaction.atomic():
        places = refused_among(SourceSystem.objects.get(code=code), refs)
    sys.stdout.write(" ".join(refs[place] for place in places))
