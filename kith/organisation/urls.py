from __future__ import annotations

from django.urls import path

from kith.organisation import views
from kith.organisation.default_owner_page import EDITOR
from kith.settings.editing import pages_of

app_name = "organisation"
urlpatterns = [
    *pages_of(EDITOR, place="default-owner/", name="default-owner"),
    path("", views.show_tree, name="tree"),
    path("add/<slug:level>/", views.add_part, name="add"),
    path("add/<slug:level>/<int:parent_id>/", views.add_part, name="add-below"),
    path("<slug:level>/<int:part_id>/", views.edit_part, name="edit"),
    path("<slug:level>/<int:part_id>/remove/", views.remove_part, name="remove"),
    path("users/<int:user_id>/place/", views.place_user, name="place-user"),
]
