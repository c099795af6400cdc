from __future__ import annotations

import pytest

from kith.kernel.group_ids import read_group_id


@pytest.mark.parametrize(
    "text",
    [
        "1 048 576",
        "1048576",
        " 1,048,576 ",
        "1.048.576",
        "GroupID 1 048 576",
        "1\u00a0048\u00a0576",
        "#1048576",
    ],
)
def test_a_group_id_is_read_however_it_is_written(text: str) -> None:
    assert read_group_id(text) == 1_048_576


@pytest.mark.parametrize("text", ["", "42", "1000000", "9223372036854775808", "1048576x", "-1048576", "1e7"])
def test_what_cannot_be_a_group_id_is_none(text: str) -> None:
    assert read_group_id(text) is None
