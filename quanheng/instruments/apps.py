from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    name = "quanheng.instruments"
    verbose_name = "规则签认"
