from django.apps import AppConfig


class GroupingConfig(AppConfig):
    name = "kith.grouping"
    verbose_name = "Grouping"
