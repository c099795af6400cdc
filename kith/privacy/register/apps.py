from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "kith.privacy.register"
    verbose_name = "Requests of persons"
