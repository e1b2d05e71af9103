from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "quanheng.papers"
    verbose_name = "文件"
