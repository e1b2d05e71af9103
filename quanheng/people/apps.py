from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "quanheng.people"
    verbose_name = "干部"
