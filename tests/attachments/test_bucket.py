from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from kith.attachments import bucket_place as place
from kith.attachments.bucket import BucketStore
from kith.attachments.store import Missing, store
from kith.kernel.errors import Refused
from tests.attachments.s3_server import Bucket, serving

KEY = "ab" * 16


@pytest.fixture
def bucket(settings: Settings) -> Iterator[Bucket]:
    with serving() as server:
        settings.ATTACHMENT_STORE = "kith.attachments.bucket.BucketStore"
        settings.ATTACHMENT_BUCKET = place.Bucket(
            "bucket", prefix="files", endpoint=server.address, key_id="who", secret="nobody knows"
        )
        yield server


def test_a_file_comes_back_as_it_was_put_and_is_gone_when_removed(bucket: Bucket) -> None:
    keep = store()
    assert isinstance(keep, BucketStore)
    keep.put(KEY, iter([b"one ", b"two"]))
    assert list(bucket.objects) == [f"files/{KEY}"]
    assert b"".join(keep.blocks(KEY)) == b"one two"
    keep.remove(KEY)
    keep.remove(KEY)
    assert not bucket.objects
    with pytest.raises(Missing):
        keep.blocks(KEY)


def test_a_large_file_goes_in_parts(bucket: Bucket) -> None:
    block = bytes(range(256)) * 4096
    BucketStore().put(KEY, (block for _ in range(12)))
    assert b"".join(BucketStore().blocks(KEY)) == block * 12
    assert not bucket.parts


def test_what_breaks_off_is_not_there(bucket: Bucket) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"x" * 6_000_000
        raise ValueError("the sender went away")

    with pytest.raises(ValueError, match="went away"):
        BucketStore().put(KEY, breaks())
    assert not bucket.objects


def test_what_lies_there_is_listed_by_age(bucket: Bucket) -> None:
    BucketStore().put(KEY, iter([b"one"]))
    bucket.objects["elsewhere/ff"] = b"not ours"
    assert list(BucketStore().keys_older_than(datetime(2026, 11, 2, tzinfo=UTC))) == [KEY]
    assert not list(BucketStore().keys_older_than(datetime(2026, 11, 1, tzinfo=UTC)))


def test_a_store_that_refuses_is_told_without_its_address_or_keys(bucket: Bucket) -> None:
    bucket.is_broken = True
    with pytest.raises(Refused) as refusal:
        BucketStore().put(KEY, iter([b"one"]))
    assert "does not answer" in refusal.value.message
    assert refusal.value.__cause__ is None
    assert "nobody knows" not in str(refusal.value)


def test_a_name_that_kith_did_not_make_up_is_nobodys() -> None:
    with pytest.raises(Missing):
        BucketStore().blocks("../../etc/passwd")
