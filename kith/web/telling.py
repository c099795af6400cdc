from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from kith.kernel.errors import Conflict, Refused


@contextmanager
def told(request: HttpRequest, *, done: str) -> Iterator[None]:
    """Around an action behind a button: the next page says that it was done, or why not."""
    try:
        yield
    except (Refused, Conflict) as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
