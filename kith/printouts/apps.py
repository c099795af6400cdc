from django.apps import AppConfig


class PrintoutsConfig(AppConfig):
    name = "kith.printouts"
    verbose_name = "Printouts"
