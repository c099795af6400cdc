"""Mounted at the root, before the rooms whose addresses these pages continue."""

from __future__ import annotations

from django.urls import path

from kith.stewardship import group_views, operation_views, part_views

app_name = "stewardship"
urlpatterns = [
    path("contacts/<int:contact_id>/group/", group_views.group, name="group"),
    path("contacts/<int:contact_id>/group/preview/", group_views.group_preview, name="group-preview"),
    path("contacts/<int:contact_id>/ungroup/", part_views.ungroup, name="ungroup"),
    path("contacts/<int:contact_id>/split/", part_views.split, name="split"),
    path("contacts/<int:contact_id>/split/preview/", part_views.split_preview, name="split-preview"),
    path("system-refs/<int:record_id>/move/", group_views.move, name="move"),
    path("system-refs/<int:record_id>/move/preview/", group_views.move_preview, name="move-preview"),
    path("operations/", operation_views.list_operations, name="operations"),
    path("operations/<int:operation_id>/", operation_views.show_operation, name="operation"),
    path("operations/<int:operation_id>/undo/", operation_views.undo, name="undo"),
]
