"""A change is made once, however often it is asked for: the header `Idempotency-Key`.

The answer is kept in the transaction of the change, so both stand or neither does, after a crash as well.
What was refused changed nothing and is not kept: it is asked anew.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from kith.access.models import KeptAnswer
from kith.kernel.errors import Refused
from kith.users import actions, keys

HEADER: Final = "Idempotency-Key"
REPEATED: Final = "Idempotent-Replayed"
KEPT_ANYWAY: Final = "kept_anyway"
"""Attribute of a request: what is written although it was refused."""
NAME: Final = re.compile(r"[!-~]{1,255}")
"""Visible ASCII."""

Answer = Callable[..., HttpResponse]


def once(run: Answer) -> Answer:
    """Around one operation of the API, door included; without the header nothing changes."""

    @wraps(run)
    def answer(request: HttpRequest, **kwargs: object) -> HttpResponse:
        name = request.headers.get(HEADER)
        if name is None:
            return run(request, **kwargs)
        if not NAME.fullmatch(name):
            raise Refused(f"{HEADER}: 1 to 255 visible ASCII characters.", fields={HEADER: "Not readable."})
        key_id = keys.admitted(request).pk
        with transaction.atomic():
            response = _first_or_again(run, request, key_id=key_id, name=name, kwargs=kwargs)
        for keep in getattr(request, KEPT_ANYWAY, ()):
            keep()
        return response

    return answer


def _first_or_again(
    run: Answer, request: HttpRequest, *, key_id: int, name: str, kwargs: dict[str, object]
) -> HttpResponse:
    fingerprint = _fingerprint(request)
    kept = actions.keep_place(key_id=key_id, name=name, fingerprint=fingerprint)
    if kept is not None:
        return _again(kept, fingerprint)
    response = run(request, **kwargs)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        transaction.set_rollback(True)
        return response
    body = response.content.decode()
    actions.keep_answer(key_id=key_id, name=name, status=response.status_code, body=body)
    return response


def _again(kept: KeptAnswer, fingerprint: bytes) -> HttpResponse:
    if not hmac.compare_digest(bytes(kept.fingerprint), fingerprint):
        sentence = (
            "This key came with another request within the last 24 hours; a new request needs a new key."
        )
        raise Refused(sentence, fields={HEADER: sentence})
    response = HttpResponse(kept.body, content_type="application/json; charset=utf-8", status=kept.status)
    response[REPEATED] = "true"
    return response


def _fingerprint(request: HttpRequest) -> bytes:
    """Keyed, because a body may hold words a person wrote."""
    said = b"\n".join([str(request.method).encode(), request.get_full_path().encode(), _body(request)])
    return hmac.new(settings.SECRET_KEY.encode(), said, sha256).digest()


def _body(request: HttpRequest) -> bytes:
    """Of a form with files what they say: a form's own bytes differ each time it is sent."""
    if request.content_type != "multipart/form-data":
        return request.body
    made = sha256()
    for name, values in sorted(request.POST.lists()):
        made.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            made.update(repr((name, file.name, file.size)).encode())
            for block in file.chunks():
                made.update(block)
            file.seek(0)
    return made.digest()
