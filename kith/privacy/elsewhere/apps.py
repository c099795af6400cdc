from django.apps import AppConfig


class ElsewhereConfig(AppConfig):
    name = "kith.privacy.elsewhere"
    verbose_name = "Erasures elsewhere"
