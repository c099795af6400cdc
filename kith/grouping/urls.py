"""Mounted at the root, before the rooms whose addresses these pages continue."""

from __future__ import annotations

from django.urls import path

from kith.grouping import rule_views, run_views, why_views

app_name = "grouping"
urlpatterns = [
    path("matching-rules/", rule_views.show, name="rules"),
    path("matching-rules/edit/", rule_views.edit, name="edit-rules"),
    path("matching-rules/edit/change/", rule_views.change, name="change-draft"),
    path("matching-rules/edit/try/", rule_views.try_it, name="try-rules"),
    path("matching-rules/edit/save/", rule_views.save, name="save-rules"),
    path("matching-rules/<int:version_id>/", rule_views.show_version, name="rules-version"),
    path("matching-rules/<int:version_id>/restore/", rule_views.restore, name="restore-rules"),
    path("contacts/<int:contact_id>/why/", why_views.why, name="why"),
    path("runs/<int:run_id>/changes/", run_views.run_changes, name="run-changes"),
]
