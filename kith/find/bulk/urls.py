from __future__ import annotations

from django.urls import path

from kith.find.bulk import views

app_name = "bulk-changes"
urlpatterns = [
    path("", views.change_list, name="list"),
    path("new/", views.choose, name="choose"),
    path("preview/", views.preview, name="preview"),
    path("ask/", views.ask, name="ask"),
    path("<int:change_id>/", views.show, name="detail"),
    path("<int:change_id>/cancel/", views.cancel, name="cancel"),
    path("<int:change_id>/undo/", views.undo, name="undo"),
]
