from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kith.audit"
    verbose_name = "Audit"
