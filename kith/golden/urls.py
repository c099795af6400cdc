from __future__ import annotations

from django.urls import path

from kith.golden import views

app_name = "golden"
urlpatterns = [
    path("", views.show, name="rules"),
    path("edit/", views.edit, name="edit-rules"),
    path("edit/change/", views.change, name="change-draft"),
    path("edit/preview/", views.preview, name="preview-rules"),
    path("edit/save/", views.save, name="save-rules"),
    path("make-primary/", views.make_primary, name="make-primary"),
    path("<int:version_id>/", views.show_version, name="rules-version"),
    path("<int:version_id>/restore/", views.restore, name="restore-rules"),
]
