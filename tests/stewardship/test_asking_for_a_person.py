"""`kith.access.cases`: how rooms that know of no stewardship open a case."""

from __future__ import annotations

from typing import get_args

import pytest

from kith.access.cases import LONGEST_TITLE, Kind, open_case
from kith.stewardship.models import Case
from tests.contacts import factories


def test_every_kind_and_title_that_a_room_may_give_is_one_of_a_case() -> None:
    assert set(get_args(Kind)) <= set(Case.Kind.values)
    assert Case._meta.get_field("title").max_length == LONGEST_TITLE


@pytest.mark.django_db
def test_a_case_is_opened_of_whom_it_concerns_and_its_title_cut() -> None:
    eleni = factories.person()
    open_case(kind="erasure", title="x" * 300, contact_id=eleni.pk)
    case = Case.objects.get()
    assert (case.kind, case.title, case.contact_id) == (Case.Kind.ERASURE, "x" * 200, eleni.pk)
