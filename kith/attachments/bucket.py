"""A store that speaks S3: Amazon's, or any other, by its address."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import obstore
from django.conf import settings
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from kith.attachments.bucket_place import Bucket
from kith.attachments.store import Missing
from kith.kernel.errors import Refused

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

_BLOCK_BYTES: Final = 256 * 1024
_PARTS_AT_ONCE: Final = 2
"""Of five megabytes, which is the memory that one upload takes."""
_ANSWERS_WITHIN: Final = timedelta(seconds=30)
_GIVES_UP_AFTER: Final = timedelta(seconds=60)
_SILENT: Final = "The store of the attachments does not answer. Nothing was changed; try again in a while."


class BucketStore:
    """One object per file, directly under the prefix."""

    def put(self, key: str, blocks: Iterable[bytes]) -> None:
        with _told():
            obstore.put(_bucket(), _name(key), blocks, max_concurrency=_PARTS_AT_ONCE)

    def blocks(self, key: str) -> Iterator[bytes]:
        with _told():
            found = obstore.get(_bucket(), _name(key))
        return _read(found)

    def remove(self, key: str) -> None:
        with _told():
            try:
                obstore.delete(_bucket(), _name(key))
            except (NotFoundError, FileNotFoundError):
                return

    def keys_older_than(self, moment: datetime) -> Iterator[str]:
        with _told():
            for some in obstore.list(_bucket()):
                yield from (one["path"] for one in some if one["last_modified"] < moment)


def _read(found: obstore.GetResult) -> Iterator[bytes]:
    with _told():
        for block in found.stream(min_chunk_size=_BLOCK_BYTES):
            yield bytes(block)


@contextmanager
def _told() -> Iterator[None]:
    """The address and the keys stay out of what a user or a log reads."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):  # obstore raises either
        raise Missing from None
    except BaseError:
        raise Refused(_SILENT) from None


def _name(key: str) -> str:
    if not key.isalnum():
        raise Missing
    return key


def _bucket() -> S3Store:
    return _opened(settings.ATTACHMENT_BUCKET)


@lru_cache(maxsize=4)
def _opened(where: Bucket) -> S3Store:
    config: S3Config = {"region": where.region}
    if where.endpoint:
        config["endpoint"] = where.endpoint
    if where.key_id:
        config |= {"access_key_id": where.key_id, "secret_access_key": where.secret}
    client: ClientConfig = {"allow_http": where.endpoint.startswith("http:"), "timeout": _ANSWERS_WITHIN}
    return S3Store(
        where.name,
        prefix=where.prefix or None,
        config=config,
        client_options=client,
        retry_config={"max_retries": 3, "retry_timeout": _GIVES_UP_AFTER},
    )
