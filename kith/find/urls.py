from __future__ import annotations

from django.urls import path

from kith.find import views

app_name = "find"
urlpatterns = [
    path("count/", views.count, name="count"),
    path("sounds/", views.sounds, name="sounds"),
    path("views/", views.save_view, name="save-view"),
    path("views/<str:token>/delete/", views.delete_view, name="delete-view"),
    path("do/<slug:key>/", views.do, name="do"),
]
