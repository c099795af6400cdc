from __future__ import annotations

from django.urls import path

from kith.attachments import library_views, views

app_name = "attachments"
urlpatterns = [
    path("of/<int:contact_id>/add/", views.upload, name="upload"),
    path("of/<int:contact_id>/from-library/", views.from_library, name="from-library"),
    path("of/<int:contact_id>/photo/", views.edit_photo, name="edit-photo"),
    path("of/<int:contact_id>/photo/remove/", views.remove_photo, name="remove-photo"),
    path("of/<int:contact_id>/photo/<int:photo_id>/", views.photo, name="photo"),
    path("library/", library_views.library, name="library"),
    path("library/add-file/", library_views.add_file, name="add-library-file"),
    path("library/add-address/", library_views.add_url, name="add-library-url"),
    path("library/<int:entry_id>/", library_views.entry, name="library-entry"),
    path("library/<int:entry_id>/edit/", library_views.edit_entry, name="edit-library-entry"),
    path("library/<int:entry_id>/delete/", library_views.delete_entry, name="delete-library-entry"),
    path("library/<int:entry_id>/download/", library_views.download_entry, name="download-library-entry"),
    path("library/<int:entry_id>/preview/", library_views.preview_entry, name="preview-library-entry"),
    path("limits/", library_views.limits, name="limits"),
    path("<int:attachment_id>/", views.detail, name="detail"),
    path("<int:attachment_id>/download/", views.download, name="download"),
    path("<int:attachment_id>/preview/", views.preview, name="preview"),
    path("<int:attachment_id>/edit/", views.edit, name="edit"),
    path("<int:attachment_id>/delete/", views.delete, name="delete"),
]
