from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "kith.attachments"
    verbose_name = "Attachments"
