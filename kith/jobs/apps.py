from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "kith.jobs"
    verbose_name = "Jobs"
