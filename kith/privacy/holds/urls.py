from __future__ import annotations

from django.urls import path

from kith.privacy.holds import views

app_name = "holds"
urlpatterns = [
    path("", views.hold_list, name="list"),
    path("<int:contact_id>/", views.contact_holds, name="contact"),
    path("<int:contact_id>/<int:hold_id>/lift/", views.lift, name="lift"),
]
