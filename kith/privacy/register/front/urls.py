from __future__ import annotations

from django.urls import path

from kith.privacy.register.front import views

app_name = "privacy-request"
urlpatterns = [
    path("", views.form, name="form"),
    path("sent/", views.sent, name="sent"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("done/", views.done, name="done"),
]
