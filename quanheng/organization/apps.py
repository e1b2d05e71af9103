from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "quanheng.organization"
    verbose_name = "机构"
