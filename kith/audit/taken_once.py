"""Of two who take a name or number at the same moment the second is told; no rule could see it yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from kith.kernel.errors import Refused


@contextmanager
def taken_once(sentence: str, *, field: str = "") -> Iterator[None]:
    """A block of one transaction that writes what has to be the only one of its name.

    Raises Refused with the sentence, at the field if it has one.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Refused(sentence, fields={field: sentence} if field else None) from error
