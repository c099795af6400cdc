"""Mounted at the root, before the rooms whose addresses these pages continue."""

from __future__ import annotations

from django.urls import path

from kith.grouping import run_views

app_name = "grouping"
urlpatterns = [
    path("runs/<int:run_id>/changes/", run_views.run_changes, name="run-changes"),
]
