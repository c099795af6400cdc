from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "kith.users"
    verbose_name = "Users"
