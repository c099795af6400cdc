from django.apps import AppConfig


class SsoConfig(AppConfig):
    name = "kith.sso"
    verbose_name = "Single sign-on"
