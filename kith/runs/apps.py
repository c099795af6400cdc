from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "kith.runs"
    verbose_name = "Runs"
