from django.apps import AppConfig


class GoldenConfig(AppConfig):
    name = "kith.golden"
    verbose_name = "Golden"
