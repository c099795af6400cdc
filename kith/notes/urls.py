from __future__ import annotations

from django.urls import path

from kith.notes import views

app_name = "notes"
urlpatterns = [
    path("of/<int:contact_id>/", views.note_list, name="list"),
    path("of/<int:contact_id>/add/", views.add, name="add"),
    path("<int:note_id>/edit/", views.edit, name="edit"),
    path("<int:note_id>/remove/", views.remove, name="remove"),
]
