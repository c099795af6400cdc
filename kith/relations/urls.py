from __future__ import annotations

from django.urls import path

from kith.relations import views

app_name = "relations"
urlpatterns = [
    path("of/<int:contact_id>/", views.relation_list, name="list"),
    path("of/<int:contact_id>/add/", views.choose, name="choose"),
    path("of/<int:contact_id>/add/<int:other_id>/", views.add, name="add"),
    path("of/<int:contact_id>/<int:relation_id>/", views.change, name="change"),
    path("of/<int:contact_id>/<int:relation_id>/remove/", views.remove, name="remove"),
]
