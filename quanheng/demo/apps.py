from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "quanheng.demo"
    verbose_name = "演示"
