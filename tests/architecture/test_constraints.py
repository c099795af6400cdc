"""What a model promises is in the database: Django can drop the index of a constraint without a word."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection


@pytest.mark.django_db
def test_every_constraint_and_index_of_a_model_is_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        there = {name for (name,) in cursor.fetchall()}
    promised = {
        one.name: model._meta.label
        for model in apps.get_models()
        for one in (*model._meta.constraints, *model._meta.indexes)
    }
    assert not {name: model for name, model in promised.items() if name not in there}
