from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "kith.backups"
    verbose_name = "Backups"
