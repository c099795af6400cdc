from django.apps import AppConfig


class StewardshipConfig(AppConfig):
    name = "kith.stewardship"
    verbose_name = "Stewardship"
