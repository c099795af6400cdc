from __future__ import annotations

from django.urls import path

from kith.contacts import entry_views, standing_views, views
from kith.contacts.deletion import views as deletion_views
from kith.contacts.owning import views as owning_views
from kith.contacts.rights import views as rights_views

app_name = "contacts"
urlpatterns = [
    path("", views.search_contacts, name="search"),
    path("suggest/", views.suggest, name="suggest"),
    path("new-person/", entry_views.new_person, name="new-person"),
    path("new-company/", entry_views.new_company, name="new-company"),
    path("possible-duplicates/", entry_views.show_possible_duplicates, name="possible-duplicates"),
    path("<int:contact_id>/", views.detail, name="detail"),
    path("<int:contact_id>/local/<int:record_id>/", entry_views.edit_local, name="edit-local"),
    path("<int:contact_id>/suppress/", standing_views.suppress, name="suppress"),
    path("<int:contact_id>/deceased/", standing_views.flag_deceased, name="flag-deceased"),
    path(
        "<int:contact_id>/suppressions/<int:suppression_id>/lift/",
        standing_views.lift_suppression,
        name="lift-suppression",
    ),
    path("<int:contact_id>/reveal/<str:field>/", rights_views.reveal, name="reveal"),
    path("<int:contact_id>/privacy-level/", rights_views.set_level, name="privacy-level"),
    path("<int:contact_id>/owner/", owning_views.change_owner, name="owner"),
    path("<int:contact_id>/delete/", deletion_views.delete_contact, name="delete"),
    path("<int:contact_id>/<slug:tab>/", views.detail, name="tab"),
]
