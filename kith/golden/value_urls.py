from __future__ import annotations

from django.urls import path

from kith.golden import value_views

app_name = "golden-values"
urlpatterns = [
    path("<int:contact_id>/<slug:field>/", value_views.edit, name="edit"),
    path("<int:contact_id>/<slug:field>/make-primary/", value_views.make_leading, name="make-primary"),
    path("edits/<int:override_id>/withdraw/", value_views.withdraw, name="withdraw"),
]
