from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "kith.notes"
    verbose_name = "Notes"
