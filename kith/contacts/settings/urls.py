from __future__ import annotations

from django.urls import path

from kith.contacts.rights.editor import EDITOR as PRIVACY
from kith.contacts.settings import editors, views
from kith.settings.editing import pages_of

app_name = "contact-settings"
urlpatterns = [
    *pages_of(editors.NAMES, place="names/", name="names"),
    *pages_of(editors.UNIQUE, place="uniqueness/", name="uniqueness"),
    *pages_of(editors.AUTHORISED, place="marketing/", name="authorisation"),
    *pages_of(editors.TYPE_EDITOR, place="types/", name="types"),
    *pages_of(editors.RELATIONS, place="relation-types/", name="relation-types"),
    *pages_of(editors.CATEGORY_EDITOR, place="categories/", name="categories"),
    *pages_of(editors.INDUSTRY_EDITOR, place="industries/", name="industries"),
    *pages_of(editors.CLASS_EDITOR, place="attachment-classes/", name="attachment-classes"),
    *pages_of(editors.FORMATS, place="formatting/", name="formatting"),
    *pages_of(PRIVACY, place="privacy-levels/", name="privacy-levels"),
    path("industries/load/", views.load_industries, name="load-industries"),
]
