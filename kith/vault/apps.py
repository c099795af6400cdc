from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "kith.vault"
    verbose_name = "Vault"
