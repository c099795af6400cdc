from __future__ import annotations

from django.urls import path

from kith.stewardship import request_views as views

app_name = "requests"
urlpatterns = [
    path("", views.request_list, name="list"),
    path("<int:request_id>/", views.request_detail, name="detail"),
    path("<int:request_id>/cancel/", views.cancel, name="cancel"),
    path("<int:request_id>/approve/", views.approve, name="approve"),
    path("<int:request_id>/reject/", views.reject, name="reject"),
]
