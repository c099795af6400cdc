from __future__ import annotations

import pytest
from django.forms import ValidationError

from kith.web.typed import GroupIdField


@pytest.mark.parametrize("text", ["1 048 576", "1,048,576", "GroupID 1048576"])
def test_a_group_id_is_taken_however_it_is_written(text: str) -> None:
    assert GroupIdField().clean(text) == 1_048_576


@pytest.mark.parametrize("text", ["77", "Eleni", "1" * 31])
def test_what_cannot_be_one_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError):
        GroupIdField().clean(text)


def test_nothing_typed_is_none_where_nothing_is_needed() -> None:
    assert GroupIdField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        GroupIdField().clean("")
