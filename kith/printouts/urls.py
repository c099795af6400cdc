from __future__ import annotations

from django.urls import path

from kith.printouts import editors, views
from kith.settings.editing import pages_of

app_name = "printouts"
urlpatterns = [
    path("of/<int:contact_id>/", views.show, name="print"),
    path("of/<int:contact_id>/choose/", views.choose, name="choose"),
    path("of/<int:contact_id>/file/", views.file, name="file"),
    *pages_of(editors.LOOK, place="settings/", name="branding"),
]
