from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "kith.config"
    verbose_name = "Composition"
