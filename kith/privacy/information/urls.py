from __future__ import annotations

from django.urls import path

from kith.privacy.information import links, views

app_name = "information"
urlpatterns = [
    path("of/<int:contact_id>/", views.show, name="report"),
    path("of/<int:contact_id>/file/", views.file, name="file"),
    path("of/<int:contact_id>/link/", links.make, name="link"),
    path("of/<int:contact_id>/link/<int:link_id>/withdraw/", links.withdraw, name="withdraw"),
    path("link/<str:token>/", links.open_, name="open"),
]
