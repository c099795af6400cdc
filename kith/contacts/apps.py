from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "kith.contacts"
    verbose_name = "Contacts"
