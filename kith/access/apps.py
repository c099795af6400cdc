from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kith.access"
    verbose_name = "Access"
