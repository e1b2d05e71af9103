from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "quanheng.intake"
    verbose_name = "导入"
