from django.apps import AppConfig


class InformationConfig(AppConfig):
    name = "kith.privacy.information"
    verbose_name = "Request Information"
