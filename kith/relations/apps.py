from django.apps import AppConfig


class RelationsConfig(AppConfig):
    name = "kith.relations"
    verbose_name = "Relations"
