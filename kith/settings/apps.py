from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "kith.settings"
    label = "kith_settings"
    verbose_name = "Settings"
