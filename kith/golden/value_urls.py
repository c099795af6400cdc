from __future__ import annotations

from django.urls import path

from kith.golden import value_note_views, value_views

app_name = "golden-values"
urlpatterns = [
    path("<int:contact_id>/<str:field>/", value_views.edit, name="edit"),
    path("<int:contact_id>/<str:field>/make-primary/", value_views.make_leading, name="make-primary"),
    path("<int:contact_id>/<str:field>/about/", value_note_views.about, name="about"),
    path("<int:contact_id>/addresses/<str:verb>/one/", value_note_views.change_state, name="address-state"),
    path("edits/<int:override_id>/withdraw/", value_views.withdraw, name="withdraw"),
]
