from django.apps import AppConfig


class NamedaysConfig(AppConfig):
    name = "kith.namedays"
    verbose_name = "Name days"
