from __future__ import annotations

from django.urls import path

from kith.runs import views

app_name = "runs"
urlpatterns = [
    path("", views.run_list, name="list"),
    path("start/", views.start, name="start"),
    path("settings/", views.show_settings, name="settings"),
    path("settings/save/", views.save_settings, name="save-settings"),
    path("<int:run_id>/", views.run_detail, name="detail"),
    path("<int:run_id>/approve/", views.approve, name="approve"),
    path("<int:run_id>/cancel/", views.cancel, name="cancel"),
]
