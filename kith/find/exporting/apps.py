from django.apps import AppConfig


class ExportingConfig(AppConfig):
    name = "kith.find.exporting"
    label = "exporting"
    verbose_name = "Exports"
