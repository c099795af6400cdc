from __future__ import annotations

from django.urls import path

from kith.golden import correction_views

app_name = "corrections"
urlpatterns = [
    path("", correction_views.show, name="list"),
    path("told/", correction_views.mark_told, name="told"),
    path("<int:source_id>/csv/", correction_views.download, name="csv"),
]
