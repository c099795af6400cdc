from django.apps import AppConfig


class FindConfig(AppConfig):
    name = "kith.find"
    verbose_name = "Find"
