from django.apps import AppConfig


class HoldsConfig(AppConfig):
    name = "kith.privacy.holds"
    verbose_name = "Legal holds"
