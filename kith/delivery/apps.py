from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "kith.delivery"
    verbose_name = "Delivery"
