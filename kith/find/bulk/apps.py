from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "kith.find.bulk"
    label = "bulk_changes"
    verbose_name = "Bulk changes"
