from __future__ import annotations

from django.urls import path

from kith.golden import views

app_name = "golden"
urlpatterns = [path("make-primary/", views.make_primary, name="make-primary")]
