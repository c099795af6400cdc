from __future__ import annotations

from django.urls import path

from kith.contacts.suppressions import value_views, views
from kith.contacts.suppressions.asked import views as asked
from kith.contacts.suppressions.lists import views as lists

app_name = "suppressions"
urlpatterns = [
    path("", views.suppression_list, name="list"),
    path("export/", views.export, name="export"),
    path("values/", value_views.value_list, name="values"),
    path("values/add/", value_views.add_value, name="add-value"),
    path("values/<int:value_id>/unflag/", value_views.lift_value, name="lift-value"),
    path("lists/", lists.all_lists, name="lists"),
    path("lists/add/", lists.add_list, name="add-list"),
    path("lists/<int:list_id>/", lists.list_detail, name="list-detail"),
    path("lists/<int:list_id>/apply/", lists.apply, name="apply-list"),
    path("lists/<int:list_id>/undo/", lists.undo, name="undo-list"),
    path("lists/<int:list_id>/discard/", lists.discard, name="discard-list"),
    path("asked/<int:asked_id>/cancel/", asked.cancel, name="cancel-asked"),
]
