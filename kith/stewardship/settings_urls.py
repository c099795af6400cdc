from __future__ import annotations

from django.urls import path

from kith.stewardship import settings_views as views

app_name = "stewardship-settings"
urlpatterns = [
    path("", views.show, name="show"),
    path("save/", views.save, name="save"),
]
