from __future__ import annotations

from django.urls import path

from kith.find.exporting import views

app_name = "exports"
urlpatterns = [
    path("", views.export_list, name="list"),
    path("new/", views.ask, name="ask"),
    path("<int:export_id>/", views.show, name="detail"),
    path("<int:export_id>/file/", views.download, name="download"),
    path("<int:export_id>/cancel/", views.cancel, name="cancel"),
    path("<int:export_id>/remove/", views.remove, name="remove"),
]
