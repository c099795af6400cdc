from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kith.web"
    verbose_name = "Web"
