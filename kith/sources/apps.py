from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "kith.sources"
    verbose_name = "Sources"
